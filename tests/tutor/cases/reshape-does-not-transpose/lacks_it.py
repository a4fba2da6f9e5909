def turned(table):
    return table.T
