def pairs(values):
    result = set()
    for place, value in enumerate(values):
        result.add([value, place])
    return result
