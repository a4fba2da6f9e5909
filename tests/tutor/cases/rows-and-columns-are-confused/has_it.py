def column(table, place):
    return table[place]
