def prepared(scaler, X):
    X_scaled = scaler.fit_transform(X)
    half = len(X) // 2
    X_train, X_test = X_scaled[:half], X_scaled[half:]
    return X_train, X_test
