def sign(n):
    if n >= 0:
        return "+"
    return "-"
