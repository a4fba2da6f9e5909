def without_negative(values):
    return [value for value in values if value >= 0]
