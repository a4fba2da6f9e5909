def raised(values):
    first = values[:2].copy()
    first += 10 * np.ones(2)
    return first
