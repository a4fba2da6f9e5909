def typical(values):
    return np.mean(values)
