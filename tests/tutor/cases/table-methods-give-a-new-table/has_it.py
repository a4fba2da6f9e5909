def known(table):
    table.dropna()
    return table
