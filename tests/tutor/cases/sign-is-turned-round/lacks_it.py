def gain(before, now):
    return now - before
