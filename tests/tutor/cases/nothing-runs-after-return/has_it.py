def label(kilos):
    text = str(kilos)
    return text
    text = "bag: " + text
