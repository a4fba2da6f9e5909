def predictions(X, weights):
    return X @ weights
