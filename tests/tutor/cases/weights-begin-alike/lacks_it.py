def begin(inputs, hidden, seed):
    W1 = np.random.default_rng(seed).normal(0, 0.1, size=(inputs, hidden))
    return W1
