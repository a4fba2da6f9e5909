def by_town(rain):
    return np.asarray(rain.sum())
