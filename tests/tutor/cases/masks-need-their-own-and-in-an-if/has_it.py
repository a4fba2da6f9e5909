def alarms(levels):
    if levels > 5:
        return ["high"] * len(levels)
    return ["ok"] * len(levels)
