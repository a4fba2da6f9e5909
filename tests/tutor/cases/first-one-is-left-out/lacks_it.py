def doubled(values):
    result = []
    for i in range(len(values)):
        result.append(values[i] * 2)
    return result
