def scaled(scaler, X_train, X_test):
    first = scaler.fit_transform(X_train)
    second = scaler.fit_transform(X_test)
    return first, second
