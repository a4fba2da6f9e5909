def marks(texts):
    result = []
    for text in texts:
        result.append(int(text))
    return result
