"""What learners often hand in first; the visible tests already tell them."""


# %% mean-squared-error
def mean_squared_error(X, y, weights, bias):
    return np.sum((X @ weights + bias - y) ** 2)


# %% mse-gradient
def mse_gradient(X, y, weights, bias):
    errors = X @ weights + bias - y
    return X.T @ errors / len(y), np.mean(errors)


# %% standardise
def standardise(train, other):
    return (
        (train - train.mean(axis=0)) / train.std(axis=0),
        (other - other.mean(axis=0)) / other.std(axis=0),
    )


# %% fit-linear
def fit_linear(X, y, rate=0.1, steps=200):
    weights = np.zeros(X.shape[1])
    bias = 0.0
    losses = []
    for _ in range(steps):
        errors = X @ weights + bias - y
        weights = weights + rate * 2 * X.T @ errors / len(y)
        bias = bias + rate * 2 * np.mean(errors)
        losses.append(np.mean(errors**2))
    return weights, bias, losses


# %% sigmoid-and-log-loss
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def log_loss(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% precision-recall
def precision_recall(y, named):
    found = np.sum((y == 1) & (named == 1))
    return found / np.sum(y), found / np.sum(named)


# %% fit-logistic
def fit_logistic(X, y, rate=0.5, steps=300, penalty=0.0):
    weights = np.zeros(X.shape[1])
    bias = 0.0
    for _ in range(steps):
        errors = 1 / (1 + np.exp(-(X @ weights + bias))) - y
        weights = weights - rate * 2 * (X.T @ errors / len(y) + penalty * weights)
        bias = bias - rate * 2 * (np.mean(errors) + penalty * bias)
    return weights, bias
