def prepared(X):
    half = len(X) // 2
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    X_train, X_test = X[:half], X[half:]
    return X_train, X_test
