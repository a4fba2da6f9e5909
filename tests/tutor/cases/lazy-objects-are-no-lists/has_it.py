def lengths(words):
    return map(len, words)
