def squares(n):
    result = []
    for i in n:
        result.append(i * i)
    return result
