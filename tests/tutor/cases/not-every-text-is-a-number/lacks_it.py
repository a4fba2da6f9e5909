def marks(texts):
    return [int(text) for text in texts if text.isdigit()]
