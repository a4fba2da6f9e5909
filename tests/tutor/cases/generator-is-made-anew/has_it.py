def draws(seed):
    found = []
    for turn in range(20):
        rng = np.random.default_rng(seed)
        found.append(int(rng.integers(0, 100)))
    return found
