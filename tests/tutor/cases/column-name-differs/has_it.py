def total(stock):
    return stock["kilos"].sum()
