def total(values):
    for value in values:
        result = 0
        result += value
    return result
