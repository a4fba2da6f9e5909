def steps(n):
    if n <= 1:
        return 0
    return 1 + steps(n - 2)
