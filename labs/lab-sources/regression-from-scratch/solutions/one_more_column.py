"""The bias is one more weight on a column of ones; einsum, tanh and logaddexp stand in for what the lab teaches."""


# %% mean-squared-error
def mean_squared_error(X, y, weights, bias):
    with_ones = np.column_stack([X, np.ones(len(X))])
    errors = y - with_ones @ np.append(weights, bias)
    return float(errors @ errors) / len(errors)


# %% mse-gradient
def mse_gradient(X, y, weights, bias):
    with_ones = np.column_stack([X, np.ones(len(X))])
    errors = with_ones @ np.append(weights, bias) - y
    slopes = 2 * np.einsum("i,ij->j", errors, with_ones) / len(errors)
    return slopes[:-1], slopes[-1]


# %% standardise
def standardise(train, other):
    centre, variance = np.mean(train, 0, keepdims=True), np.var(train, 0, keepdims=True)
    factor = np.divide(1.0, np.sqrt(variance), out=np.ones_like(variance), where=variance > 0)
    return tuple((table - centre) * factor for table in (train, other))


# %% fit-linear
def fit_linear(X, y, rate=0.1, steps=200):
    with_ones = np.column_stack([X, np.ones(len(X))]).astype(float)
    squares, products = with_ones.T @ with_ones / len(y), with_ones.T @ y / len(y)
    path = [np.zeros(with_ones.shape[1])]
    while len(path) <= steps:
        path.append(path[-1] - 2 * rate * (squares @ path[-1] - products))
    return path[-1][:-1], path[-1][-1], [np.square(with_ones @ at - y).mean() for at in path]


# %% sigmoid-and-log-loss
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))


def log_loss(y, p):
    given = np.minimum(np.maximum(p, 1e-12), 1 - 1e-12)
    return -(y * np.log(given) + (1 - y) * np.log1p(-given)).mean()


# %% precision-recall
def precision_recall(y, named):
    found = float(np.dot(y, named))
    return found / max(np.sum(named), 1), found / max(np.sum(y), 1)


# %% fit-logistic
def fit_logistic(X, y, rate=0.5, steps=300, penalty=0.0):
    with_ones = np.column_stack([X, np.ones(len(X))])
    pull = np.append(np.full(X.shape[1], 2 * penalty), 0)
    at = np.zeros(with_ones.shape[1])
    for _ in range(steps):
        chances = (1 + np.tanh(with_ones @ at / 2)) / 2
        at = at - rate * (with_ones.T @ (chances - y) / len(y) + pull * at)
    return at[:-1], at[-1]
