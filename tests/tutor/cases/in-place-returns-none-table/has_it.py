def known(table):
    result = table.copy()
    result = result.dropna(inplace=True)
    return result
