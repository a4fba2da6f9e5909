def known(table):
    return table.dropna()
