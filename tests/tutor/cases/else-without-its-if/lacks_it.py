def sign(n):
    if n >= 0:
        return "+"
    else:
        return "-"
