def floor_of(n):
    if n < 0:
        n = 0
    return n
