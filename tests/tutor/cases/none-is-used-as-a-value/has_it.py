def price_of(item):
    return PRICES.get(item) + 5
