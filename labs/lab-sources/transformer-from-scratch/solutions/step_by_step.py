"""Loops over words, heads and columns where the reference multiplies whole arrays."""


# %% softmax
def softmax(scores):
    flat = scores.reshape(-1, scores.shape[-1])
    rows = []
    for row in flat:
        powers = np.exp(row - max(row))
        rows.append(powers / sum(powers))
    return np.array(rows).reshape(scores.shape)


# %% attention
def attention(Q, K, V, causal=False):
    if Q.ndim > 2:
        pairs = [attention(Q[i], K[i], V[i], causal) for i in range(len(Q))]
        return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    scores = np.zeros((len(Q), len(K)))
    for i in range(len(Q)):
        for j in range(len(K)):
            scores[i, j] = np.sum(Q[i] * K[j]) / np.sqrt(K.shape[1])
            if causal and j > i:
                scores[i, j] = -np.inf
    shares = softmax(scores)
    answers = np.zeros((len(Q), V.shape[1]))
    for i in range(len(Q)):
        for j in range(len(K)):
            answers[i] += shares[i, j] * V[j]
    return answers, shares


# %% positions
def positions(length, width):
    table = np.zeros((length, width))
    for place in range(length):
        for hand in range(width // 2):
            angle = place / 10000 ** (2 * hand / width)
            table[place, 2 * hand] = np.sin(angle)
            table[place, 2 * hand + 1] = np.cos(angle)
    return table


# %% layer-norm
def layer_norm(x, gain, bias, epsilon=1e-5):
    result = np.zeros(x.shape)
    for place in np.ndindex(x.shape[:-1]):
        vector = x[place]
        mean = sum(vector) / len(vector)
        variance = sum((vector - mean) ** 2) / len(vector)
        result[place] = (vector - mean) / (variance + epsilon) ** 0.5 * gain + bias
    return result


# %% multi-head
def multi_head(x, query, key, value, output, heads):
    size = x.shape[1] // heads
    Q = x @ query
    K = x @ key
    V = x @ value
    result = np.zeros(x.shape)
    tables = []
    for head in range(heads):
        begin = head * size
        end = begin + size
        answers, shares = attention(Q[:, begin:end], K[:, begin:end], V[:, begin:end], True)
        result[:, begin:end] = answers
        tables.append(shares)
    return result @ output, np.array(tables)


# %% next-word
def next_word(model, ids):
    x = np.array([model["embedding"][number] for number in ids])
    x = x + positions(x.shape[0], x.shape[1])
    layer = 0
    while layer < model["layers"]:
        name = str(layer) + "."
        normed = layer_norm(x, model[name + "norm_1.gain"], model[name + "norm_1.bias"])
        found, _ = multi_head(
            normed,
            model[name + "query"],
            model[name + "key"],
            model[name + "value"],
            model[name + "output"],
            model["heads"],
        )
        x = x + found
        normed = layer_norm(x, model[name + "norm_2.gain"], model[name + "norm_2.bias"])
        hidden = normed @ model[name + "first"] + model[name + "first_bias"]
        hidden[hidden < 0] = 0
        x = x + hidden @ model[name + "second"] + model[name + "second_bias"]
        layer = layer + 1
    x = layer_norm(x, model["norm.gain"], model["norm.bias"])
    scores = x @ model["embedding"].T
    return softmax(scores)[len(ids) - 1]


# %% choose
def choose(shares, temperature, dart):
    largest = max(shares)
    if temperature == 0:
        for number in range(len(shares)):
            if shares[number] == largest:
                return number
    powers = [float(share / largest) ** (1 / temperature) for share in shares]
    total = sum(powers)
    reached = 0.0
    for number in range(len(powers)):
        reached = reached + powers[number] / total
        if reached > dart:
            return number
    return int(np.argmax(shares))
