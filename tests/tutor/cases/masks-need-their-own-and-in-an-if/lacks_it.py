def alarms(levels):
    return ["high" if level > 5 else "ok" for level in levels]
