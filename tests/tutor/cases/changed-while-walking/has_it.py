def without(value, values):
    for one in values:
        if one == value:
            values.remove(one)
    return values
