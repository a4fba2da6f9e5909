def is_limit(n):
    return n is 1000
