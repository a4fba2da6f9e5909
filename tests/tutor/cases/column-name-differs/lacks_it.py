def total(stock):
    return stock["Kilos"].sum()
