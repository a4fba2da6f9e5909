def column_means(table):
    return table.mean(axis=0)
