def unique(values):
    seen = set()
    for value in values:
        seen.append(value)
    return seen
