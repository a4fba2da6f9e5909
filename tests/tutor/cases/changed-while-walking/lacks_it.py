def without(value, values):
    return [one for one in values if one != value]
