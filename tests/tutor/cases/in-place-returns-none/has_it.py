def ranking(values):
    result = list(values)
    result = result.sort()
    return result
