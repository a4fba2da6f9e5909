def every_second(values):
    result = []
    for i in range(len(values)):
        result.append(values[i])
        i += 1
    return result
