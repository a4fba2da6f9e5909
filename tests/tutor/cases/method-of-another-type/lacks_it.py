def unique(values):
    seen = set()
    for value in values:
        seen.add(value)
    return seen
