"""Sums over named axes with einsum, the mask added to the scores, all heads at once."""


# %% softmax
def softmax(scores):
    shifted = np.asarray(scores, dtype=float) - np.max(scores, axis=-1)[..., None]
    powers = np.e**shifted
    return np.divide(powers, np.sum(powers, -1, keepdims=True))


# %% attention
def attention(Q, K, V, causal=False):
    scores = np.einsum("...id,...jd->...ij", Q, K) * K.shape[-1] ** -0.5
    if causal:
        rows, columns = np.indices(scores.shape[-2:])
        scores = scores + np.where(columns <= rows, 0.0, -np.inf)
    shares = softmax(scores)
    return np.einsum("...ij,...jm->...im", shares, V), shares


# %% positions
def positions(length, width):
    places, columns = np.indices((length, width))
    angles = places / 10000 ** ((columns - columns % 2) / width)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


# %% layer-norm
def layer_norm(x, gain, bias, epsilon=1e-5):
    mean = np.mean(x, -1)[..., None]
    return gain * (x - mean) * (np.var(x, -1)[..., None] + epsilon) ** -0.5 + bias


# %% multi-head
def multi_head(x, query, key, value, output, heads):
    cut = lambda matrix: np.stack(np.split(x @ matrix, heads, axis=1))
    answers, shares = attention(cut(query), cut(key), cut(value), causal=True)
    return np.concatenate(list(answers), axis=1) @ output, shares


# %% next-word
def next_word(model, ids):
    get = model.__getitem__

    def normed(x, name):
        return layer_norm(x, get(f"{name}.gain"), get(f"{name}.bias"))

    x = np.take(get("embedding"), ids, axis=0)
    x = x + positions(*x.shape)
    for n in range(get("layers")):
        matrices = (get(f"{n}.{part}") for part in ["query", "key", "value", "output"])
        x = x + multi_head(normed(x, f"{n}.norm_1"), *matrices, get("heads"))[0]
        inner = normed(x, f"{n}.norm_2") @ get(f"{n}.first") + get(f"{n}.first_bias")
        x = x + (inner * (inner > 0)) @ get(f"{n}.second") + get(f"{n}.second_bias")
    return softmax(normed(x, "norm") @ get("embedding").T)[-1]


# %% choose
def choose(shares, temperature, dart):
    if not temperature:
        return shares.tolist().index(max(shares))
    with np.errstate(divide="ignore"):
        logs = np.log(shares) / temperature
    warmed = softmax(logs)
    return int(np.searchsorted(np.cumsum(warmed), dart, side="right"))
