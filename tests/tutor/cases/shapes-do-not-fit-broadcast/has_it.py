def weighted(table, weights):
    return table * weights
