def typical(values):
    return np.nanmean(values)
