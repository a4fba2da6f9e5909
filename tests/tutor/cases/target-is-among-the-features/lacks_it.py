def parts(houses):
    y = houses["price"]
    X = houses.drop(columns=["price"])
    return X, y
