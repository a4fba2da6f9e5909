def ranking(values):
    sorted(values)
    return values
