def shuffled(X, y, seed):
    rng = np.random.default_rng(seed)
    X, y = X.copy(), y.copy()
    rng.shuffle(X)
    rng.shuffle(y)
    return X, y
