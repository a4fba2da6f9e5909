def shuffled(X, y, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    return X[order], y[order]
