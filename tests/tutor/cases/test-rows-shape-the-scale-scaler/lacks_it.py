def prepared(scaler, X):
    half = len(X) // 2
    X_train, X_test = X[:half], X[half:]
    return scaler.fit_transform(X_train), scaler.transform(X_test)
