def centred(values):
    result = values.copy()
    result -= values.mean()
    return result
