def column_means(table):
    return table.mean()
