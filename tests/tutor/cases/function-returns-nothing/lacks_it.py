def bill(units):
    rupees = units * 18
    return rupees
