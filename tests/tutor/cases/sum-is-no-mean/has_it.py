def loss(guess, truth):
    return np.sum((guess - truth) ** 2)
