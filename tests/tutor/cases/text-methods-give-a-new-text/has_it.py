def plate(text):
    text.strip()
    return text.upper()
