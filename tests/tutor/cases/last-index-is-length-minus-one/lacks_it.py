def last(values):
    return values[len(values) - 1]
