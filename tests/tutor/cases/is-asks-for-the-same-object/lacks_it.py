def is_limit(n):
    return n == 1000
