def every_second(values):
    result = []
    for i in range(0, len(values), 2):
        result.append(values[i])
    return result
