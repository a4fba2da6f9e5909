def lengths(words):
    return list(map(len, words))
