def digits(n):
    return str(len(str(n)))
