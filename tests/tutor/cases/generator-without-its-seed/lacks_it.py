def draws(seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 100, 3)
