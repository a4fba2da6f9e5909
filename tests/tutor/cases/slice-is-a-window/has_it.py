def raised(values):
    first = values[:2]
    first += 10 * np.ones(2)
    return first
