def up_to(n):
    result = []
    for i in range(1, n + 1):
        result.append(i)
    return result
