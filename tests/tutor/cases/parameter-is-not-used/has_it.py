def fare(km, per_km):
    price = km * 15
    return price
