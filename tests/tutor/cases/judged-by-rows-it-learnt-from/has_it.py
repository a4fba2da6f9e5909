def quality(model, X_train, y_train, X_test, y_test):
    model.fit(X_train, y_train)
    return model.score(X_train, y_train)
