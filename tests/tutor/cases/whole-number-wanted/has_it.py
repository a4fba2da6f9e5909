def first_half(values):
    middle = len(values) / 2
    return values[:middle]
