def rate():
    per_km = 20
    return per_km

def fare(km):
    return km * rate()
