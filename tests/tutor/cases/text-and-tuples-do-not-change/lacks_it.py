def stars(text):
    return "*" + text[1:]
