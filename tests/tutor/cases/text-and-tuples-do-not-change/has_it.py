def stars(text):
    text[0] = "*"
    return text
