def total(kilos):
    result = 0
    for one in kilos:
        result += round(one, 1)
    return round(result, 1)
