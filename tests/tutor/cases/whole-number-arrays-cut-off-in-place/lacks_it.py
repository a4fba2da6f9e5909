def centred(values):
    return values - values.mean()
