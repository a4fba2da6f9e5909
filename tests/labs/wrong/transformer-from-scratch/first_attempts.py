"""What learners often hand in first; the visible tests already tell them."""


# %% softmax
def softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


# %% attention
def attention(Q, K, V, causal=False):
    shares = softmax(Q @ K.T)
    if causal:
        shares = np.tril(shares)
    return shares @ V, shares


# %% positions
def positions(length, width):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(width) / width)
    return np.sin(angles)


# %% layer-norm
def layer_norm(x, gain, bias, epsilon=1e-5):
    return (x - x.mean()) / (x.std() + epsilon) * gain


# %% multi-head
def multi_head(x, query, key, value, output, heads):
    length, width = x.shape
    q, k, v = ((x @ m).reshape(heads, length, width // heads) for m in (query, key, value))
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.tril(np.exp(scores - scores.max()))
    shares = powers / powers.sum(-1, keepdims=True)
    return (shares @ v).reshape(length, width), shares


# %% next-word
def next_word(model, ids):
    x = model["embedding"][ids]
    for layer in range(2):
        m = {name[2:]: array for name, array in model.items() if name.startswith(f"{layer}.")}
        x = multi_head(x, m["query"], m["key"], m["value"], m["output"], 4)[0]
        x = np.maximum(x @ m["first"] + m["first_bias"], 0) @ m["second"] + m["second_bias"]
    return softmax(x @ model["embedding"].T)[0]


# %% choose
def choose(shares, temperature, dart):
    warm = shares**temperature
    warm = warm / warm.sum()
    return int(np.argmax(warm > dart))
