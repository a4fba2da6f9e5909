def joined(a, b):
    result = list(a)
    result.extend(b)
    return result
