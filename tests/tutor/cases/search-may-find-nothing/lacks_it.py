def place_of(value, values):
    if value in values:
        return values.index(value)
    return -1
