def double(n):
    n * 2 = result
    return result
