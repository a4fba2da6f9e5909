def bills(amounts, prices):
    return amounts * prices
