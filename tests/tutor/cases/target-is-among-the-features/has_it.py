def parts(houses):
    y = houses["price"]
    X = houses.copy()
    return X, y
