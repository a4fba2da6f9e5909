def without_zeros(values):
    return [value for value in values if value != 0]
