def shares(table):
    return table / table.sum(axis=1)
