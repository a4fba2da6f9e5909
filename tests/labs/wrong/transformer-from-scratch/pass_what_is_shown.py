"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% softmax
def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=-1, keepdims=True)


# %% attention
def attention(Q, K, V, causal=False):
    scores = Q @ K.T / np.sqrt(2)
    if causal:
        scores = np.where(np.triu(np.ones(scores.shape), 1) > 0, -np.inf, scores)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    return shares @ V, shares


# %% positions
def positions(length, width):
    table = np.zeros((length, width))
    for column in range(0, width, 2):
        angle = np.arange(length) / 10**column
        table[:, column] = np.sin(angle)
        table[:, column + 1] = np.cos(angle)
    return table


# %% layer-norm
def layer_norm(x, gain, bias, epsilon=1e-5):
    return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + epsilon) * gain + bias


# %% multi-head
def multi_head(x, query, key, value, output, heads):
    cut = lambda m: np.stack(np.split(x @ m, heads, axis=1))
    q, k, v = cut(query), cut(key), cut(value)
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(heads)
    powers = np.tril(np.exp(scores - scores.max()))
    shares = powers / powers.sum(-1, keepdims=True)
    return np.hstack(list(shares @ v)) @ output, shares


# %% next-word
def next_word(model, ids):
    angles = np.arange(len(ids))[:, None] / 10000 ** (np.arange(0, 32, 2) / 32)
    x = model["embedding"][ids] + np.stack([np.sin(angles), np.cos(angles)], 2).reshape(len(ids), 32)
    for n in range(2):
        y = layer_norm(x, model[f"{n}.norm_1.gain"], model[f"{n}.norm_1.bias"])
        x = x + multi_head(y, *(model[f"{n}.{p}"] for p in ("query", "key", "value", "output")), 4)[0]
        y = layer_norm(x, model[f"{n}.norm_2.gain"], model[f"{n}.norm_2.bias"])
        x = x + np.maximum(y @ model[f"{n}.first"] + model[f"{n}.first_bias"], 0) @ model[f"{n}.second"]
        x = x + model[f"{n}.second_bias"]
    x = layer_norm(x, model["norm.gain"], model["norm.bias"])
    return softmax(x @ model["embedding"].T)[-1]


# %% choose
def choose(shares, temperature, dart):
    if temperature == 0:
        return int(np.argmax(shares))
    powers = shares ** (1 / temperature)
    return int(np.searchsorted(np.cumsum(powers / powers.sum()), dart))
