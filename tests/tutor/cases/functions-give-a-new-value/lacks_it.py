def ranking(values):
    return sorted(values)
