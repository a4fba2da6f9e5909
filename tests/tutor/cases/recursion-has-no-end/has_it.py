def steps(n):
    if n == 0:
        return 0
    return 1 + steps(n - 2)
