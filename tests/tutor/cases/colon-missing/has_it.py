def is_hot(degrees):
    if degrees > 35
        return True
    return False
