def fare(km, per_km):
    price = km * per_km
    return price
