def ranking(values):
    result = list(values)
    result.sort()
    return result
