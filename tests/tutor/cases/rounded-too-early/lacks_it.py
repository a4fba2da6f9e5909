def total(kilos):
    return round(sum(kilos), 1)
