def gain(before, now):
    return before - now
