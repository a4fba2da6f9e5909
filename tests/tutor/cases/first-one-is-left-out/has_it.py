def doubled(values):
    result = []
    for i in range(1, len(values)):
        result.append(values[i] * 2)
    return result
