def spread(values):
    max = values[0]
    min = sorted(values)[0]
    return max(values) - min
