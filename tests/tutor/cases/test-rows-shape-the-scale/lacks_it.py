def prepared(X):
    half = len(X) // 2
    X_train, X_test = X[:half], X[half:]
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / deviation, (X_test - mean) / deviation
