def lowest(start):
    learning_rate = 1.5
    h = start
    for step in range(300):
        h = h - learning_rate * 2 * (h - 3)
    return h
