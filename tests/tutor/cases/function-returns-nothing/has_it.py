def bill(units):
    rupees = units * 18
