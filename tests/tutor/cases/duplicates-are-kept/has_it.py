def unique(values):
    result = []
    for value in values:
        result.append(value)
    return result
