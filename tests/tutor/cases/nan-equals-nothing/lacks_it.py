def missing(values):
    return np.isnan(values).sum()
