def gaps(a, b):
    return a - b
