def predictions(X, weights):
    return X.T @ weights
