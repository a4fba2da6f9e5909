def first(n):
    result = []
    for i in range(n):
        result.append(i)
    return result
