def total(prices):
    for price in prices:
        gathered = gathered_before + price
    return gathered
