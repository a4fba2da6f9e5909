def unique(values):
    return list(set(values))
