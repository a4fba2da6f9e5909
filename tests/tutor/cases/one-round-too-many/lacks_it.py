def up_to(n):
    result = []
    for i in range(1, n):
        result.append(i)
    return result
