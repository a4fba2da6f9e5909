def by_town(rain):
    return rain.sum(axis=1)
