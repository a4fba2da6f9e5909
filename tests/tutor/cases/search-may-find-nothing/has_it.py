def place_of(value, values):
    return values.index(value)
