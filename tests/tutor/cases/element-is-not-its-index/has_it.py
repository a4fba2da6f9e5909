def doubled(values):
    result = []
    for value in values:
        result.append(values[value] * 2)
    return result
