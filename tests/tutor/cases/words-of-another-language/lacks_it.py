def between(n):
    return n >= 1 and n <= 9
