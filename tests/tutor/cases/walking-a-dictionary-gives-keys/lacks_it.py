def dear(prices):
    return [name for name, price in prices.items() if price > 50]
