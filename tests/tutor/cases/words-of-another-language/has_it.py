def between(n):
    return n >= 1 && n <= 9
