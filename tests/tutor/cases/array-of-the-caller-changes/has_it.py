def centred(values):
    values -= values.mean()
    return values
