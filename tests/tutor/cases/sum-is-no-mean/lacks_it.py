def loss(guess, truth):
    return np.mean((guess - truth) ** 2)
