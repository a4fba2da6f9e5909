"""What learners often hand in first; the visible tests already tell them."""


# %% relu-and-softmax
def relu(z):
    return np.abs(z)


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


# %% forward
def forward(X, params):
    hidden = X @ params["W1"] + params["b1"]
    scores = hidden @ params["W2"] + params["b2"]
    powers = np.exp(scores)
    return hidden, powers / powers.sum(axis=1, keepdims=True)


# %% cross-entropy
def cross_entropy(probabilities, y):
    return -np.mean(np.log(probabilities[:, y]))


# %% initialise
def initialise(inputs, hidden, classes, seed=0):
    return {
        "W1": np.zeros((inputs, hidden)),
        "b1": np.zeros(hidden),
        "W2": np.zeros((hidden, classes)),
        "b2": np.zeros(classes),
    }


# %% backward
def backward(X, y, params, hidden, probabilities):
    delta = probabilities - np.eye(probabilities.shape[1])[y]
    blame = delta @ params["W2"].T
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
        hidden, probabilities = forward(X, params)
        slopes = backward(X, y, params, hidden, probabilities)
        for name in params:
            params[name] -= rate * slopes[name]
        losses.append(cross_entropy(probabilities, y))
    return params, losses
