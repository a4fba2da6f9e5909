"""One picture at a time, with loops and outer products, in place of whole tables."""


# %% relu-and-softmax
def relu(z):
    return np.where(z > 0, z, 0)


def softmax(z):
    rows = []
    for scores in z:
        powers = [np.exp(score - max(scores)) for score in scores]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows)


# %% forward
def forward(X, params):
    hidden, probabilities = [], []
    for picture in X:
        gave = relu(picture @ params["W1"] + params["b1"])
        scores = gave @ params["W2"] + params["b2"]
        powers = np.exp(scores - scores.max())
        hidden.append(gave)
        probabilities.append(powers / powers.sum())
    return np.array(hidden), np.array(probabilities)


# %% cross-entropy
def cross_entropy(probabilities, y):
    paid = 0.0
    for row, truth in zip(probabilities, y):
        paid -= np.log(max(row[truth], 1e-12))
    return paid / len(y)


# %% initialise
def initialise(inputs, hidden, classes, seed=0):
    generator = np.random.default_rng(seed)
    first = generator.normal(0, (2 / inputs) ** 0.5, (inputs, hidden))
    second = generator.normal(0, (2 / hidden) ** 0.5, (hidden, classes))
    return dict(W1=first, b1=np.zeros(hidden), W2=second, b2=np.zeros(classes))


# %% backward
def backward(X, y, params, hidden, probabilities):
    slopes = {name: np.zeros(values.shape) for name, values in params.items()}
    for picture, truth, gave, chances in zip(X, y, hidden, probabilities):
        delta = chances - np.eye(len(chances))[truth]
        blame = params["W2"] @ delta
        blame[gave == 0] = 0
        slopes["W2"] += np.outer(gave, delta) / len(y)
        slopes["b2"] += delta / len(y)
        slopes["W1"] += np.outer(picture, blame) / len(y)
        slopes["b1"] += blame / len(y)
    return slopes


# %% train
def train(X, y, params, rate=0.1, epochs=10, batch=20):
    params = {name: values.copy() for name, values in params.items()}
    losses = []
    for _ in range(epochs):
        first = 0
        while first < len(X):
            rows = list(range(first, min(first + batch, len(X))))
            hidden, probabilities = forward(X[rows], params)
            slopes = backward(X[rows], y[rows], params, hidden, probabilities)
            for name in params:
                params[name] -= rate * slopes[name]
            first += batch
        losses.append(cross_entropy(forward(X, params)[1], y))
    return params, losses
