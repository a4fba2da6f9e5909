def is_hot(degrees):
    return degrees > 35
