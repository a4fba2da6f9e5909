def turned(table):
    return table.reshape(table.shape[1], table.shape[0])
