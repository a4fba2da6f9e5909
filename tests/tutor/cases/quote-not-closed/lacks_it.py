def label(kilos):
    return str(kilos) + " kg"
