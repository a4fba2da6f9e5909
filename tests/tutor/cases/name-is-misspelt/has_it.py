def total(prices):
    result = 0
    for price in prices:
        result += prise
    return result
