def scaled(X_train, X_test):
    first = X_train - X_train.mean(axis=0)
    second = X_test - X_test.mean(axis=0)
    return first, second
