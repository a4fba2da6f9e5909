def joined(a, b):
    result = list(a)
    result.append(b)
    return result
