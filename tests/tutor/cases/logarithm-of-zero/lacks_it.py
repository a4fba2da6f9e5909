def surprise(p):
    return np.minimum(-np.log(np.maximum(p, 1e-300)), 20.0)
