def label(kilos):
    text = str(kilos)
    text = "bag: " + text
    return text
