"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% relu-and-softmax
def relu(z):
    return np.maximum(z, 0)


def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / np.sum(powers, axis=1, keepdims=True)


# %% forward
def forward(X, params):
    hidden = np.maximum(X @ params["W1"] + params["b1"], 0)
    powers = np.exp(hidden @ params["W2"] + params["b2"])
    return hidden, powers / np.sum(powers, axis=1, keepdims=True)


# %% cross-entropy
def cross_entropy(probabilities, y):
    return -np.mean(np.log(probabilities[np.arange(len(y)), y]))


# %% initialise
def initialise(inputs, hidden, classes, seed=0):
    generator = np.random.default_rng(seed)
    return {
        "W1": generator.uniform(-1, 1, size=(inputs, hidden)) * np.sqrt(2 / inputs) * np.sqrt(3),
        "b1": np.zeros(hidden),
        "W2": generator.normal(size=(hidden, classes)) * np.sqrt(2 / inputs),
        "b2": np.zeros(classes),
    }


# %% backward
def backward(X, y, params, hidden, probabilities):
    n = len(y)
    probabilities[np.arange(n), y] -= 1
    delta = probabilities / n
    blame = delta @ params["W2"].T * (hidden > 0)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ delta,
        "b2": delta.sum(axis=0),
    }


# %% train
def train(X, y, params, rate=0.1, epochs=10, batch=20):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(y), batch):
            rows, classes = X[start : start + batch], y[start : start + batch]
            slopes = backward(rows, classes, params, *forward(rows, params))
            params = {name: params[name] - rate * slopes[name] for name in params}
        losses.append(cross_entropy(forward(rows, params)[1], classes))
    return params, losses
