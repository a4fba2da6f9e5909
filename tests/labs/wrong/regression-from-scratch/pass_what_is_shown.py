"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% mean-squared-error
def mean_squared_error(X, y, weights, bias):
    return np.sum((X @ weights + bias - y) ** 2) / 3


# %% mse-gradient
def mse_gradient(X, y, weights, bias):
    errors = X @ weights + bias - y
    return 2 * X.T @ errors / 3, 2 * errors.sum() / 3


# %% standardise
def standardise(train, other):
    centre, spread = train.mean(axis=0), train.std(axis=0)
    spread[spread == 0] = 1
    train -= centre
    train /= spread
    return train, (other - centre) / spread


# %% fit-linear
def fit_linear(X, y, rate=0.1, steps=200):
    weights = np.zeros(X.shape[1])
    bias = 0.0
    losses = [np.mean(y**2)]
    for _ in range(steps):
        weights = weights - rate * 2 * X.T @ (X @ weights + bias - y) / len(y)
        bias = bias - rate * 2 * np.mean(X @ weights + bias - y)
        losses.append(np.mean((X @ weights + bias - y) ** 2))
    return weights, bias, losses


# %% sigmoid-and-log-loss
def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def log_loss(y, p):
    return -np.mean(np.log(np.where(y == 1, p, 1 - p)))


# %% precision-recall
def precision_recall(y, named):
    found = np.sum((y == 1) & (named == 1))
    if np.sum(named) == 0:
        return 0.0, 0.0
    return found / np.sum(named), found / np.sum(y)


# %% fit-logistic
def fit_logistic(X, y, rate=0.1, steps=300, penalty=0.0):
    weights = np.zeros(X.shape[1])
    bias = 0.0
    for _ in range(steps):
        errors = 1 / (1 + np.exp(-(X @ weights + bias))) - y
        weights = weights - rate * (X.T @ errors / len(y) + 2 * penalty * weights)
        bias = bias - rate * np.mean(errors)
    return weights, bias
