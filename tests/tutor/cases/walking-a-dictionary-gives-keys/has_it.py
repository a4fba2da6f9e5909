def dear(prices):
    result = []
    for name, price in prices:
        if price > 50:
            result.append(name)
    return result
