def shuffled(X, y, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    X = X[order]
    return X, y
