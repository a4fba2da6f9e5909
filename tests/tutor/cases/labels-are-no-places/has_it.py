def cheapest(fares):
    cheap = fares[fares < 50]
    return cheap[0]
