def lowest(start, rate):
    h = start
    for step in range(100):
        gradient = 2 * (h - 3)
        h += rate * gradient
    return h
