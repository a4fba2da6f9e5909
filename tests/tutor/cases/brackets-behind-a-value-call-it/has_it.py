def bill(units):
    price = 18
    return price(units + units / 10)
