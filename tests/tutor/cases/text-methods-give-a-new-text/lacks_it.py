def plate(text):
    return text.strip().upper()
