"""Thinks in counts: a table of labels by side for every threshold at once, masks for prediction, one big ballot."""


# %% gini
def gini(labels):
    shares = np.unique(labels, return_counts=True)[1] / max(len(labels), 1)
    return float(np.sum(shares)) - float(shares @ shares)


# %% gain
def gain(labels, left):
    sides = [labels[left], labels[np.logical_not(left)]]
    return gini(labels) - np.average([gini(side) for side in sides], weights=[len(side) for side in sides])


# %% best-threshold
def best_threshold(values, labels):
    steps = np.unique(values)
    if len(steps) < 2:
        return None
    middles = steps[:-1] + np.diff(steps) / 2
    goes_left = values[:, None] <= middles
    is_kind = labels[:, None] == np.unique(labels)
    on_left = goes_left.T.astype(float) @ is_kind
    on_right = is_kind.sum(axis=0) - on_left
    after = len(labels) - sum((side**2).sum(axis=1) / side.sum(axis=1) for side in (on_left, on_right))
    gains = gini(labels) - after / len(labels)
    chosen = np.flatnonzero(gains >= gains.max() - 1e-10)[0]
    return middles[chosen], gains[chosen]


# %% best-split
def best_split(X, labels):
    gains = [(best_threshold(values, labels) or (0, 0)) for values in X.T]
    top = max(gained for _, gained in gains)
    if not better(top, 0):
        return None
    column = next(number for number, (_, gained) in enumerate(gains) if not better(top, gained))
    return column, gains[column][0]


# %% predict
def predict(tree, X):
    if "label" in tree:
        return np.array([tree["label"]] * len(X))
    goes_left = X[:, tree["column"]] <= tree["threshold"]
    return np.where(goes_left, predict(tree["left"], X), predict(tree["right"], X))


# %% grow
def grow(X, labels, max_depth=3):
    split = best_split(X, labels)
    if max_depth < 1 or split is None:
        kinds, places = np.unique(labels, return_inverse=True)
        return {"label": kinds[np.bincount(places).argmax()].item()}
    right = X[:, split[0]] > split[1]
    tree = dict(zip(("column", "threshold"), split))
    for name, side in (("left", ~right), ("right", right)):
        tree[name] = grow(X[side], labels[side], max_depth - 1)
    return tree


# %% forest-predict
def forest_predict(X, labels, samples, new, max_depth=3):
    kinds = np.unique(labels)
    ballot = np.zeros((len(new), len(kinds)), dtype=int)
    for rows, columns in samples:
        said = predict(grow(X[np.ix_(rows, columns)], labels[rows], max_depth), new[:, columns])
        ballot += said[:, None] == kinds
    return kinds[ballot.argmax(axis=1)]
