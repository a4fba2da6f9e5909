def joined(a, b):
    return np.concatenate([a, b])
