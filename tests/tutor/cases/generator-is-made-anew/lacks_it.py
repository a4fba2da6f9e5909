def draws(seed):
    rng = np.random.default_rng(seed)
    return [int(rng.integers(0, 100)) for turn in range(20)]
