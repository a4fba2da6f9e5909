def draws(seed):
    rng = np.random.default_rng()
    return rng.integers(0, 100, 3)
