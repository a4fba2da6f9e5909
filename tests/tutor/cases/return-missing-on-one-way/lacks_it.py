def size(grams):
    result = "small"
    if grams > 800:
        result = "large"
    return result
