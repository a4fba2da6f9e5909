def sign(n):
    if n >= 0:
        mark = "+"
    n = abs(n)
    else:
        mark = "-"
    return mark
