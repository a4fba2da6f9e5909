def mean_kilos(table):
    return table["kilos"].mean()
