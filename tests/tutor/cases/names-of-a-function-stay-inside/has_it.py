def rate():
    per_km = 20

def fare(km):
    rate()
    return km * per_km
