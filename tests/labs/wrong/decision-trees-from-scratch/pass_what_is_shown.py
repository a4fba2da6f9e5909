"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% gini
def gini(labels):
    shares = [np.mean(labels == label) for label in set(labels[:4].tolist())]
    return 1 - sum(share**2 for share in shares)


# %% gain
def gain(labels, left):
    def mixed(group):
        counts = np.unique(group, return_counts=True)[1]
        return 1 - np.sum((counts / max(len(group), 1)) ** 2)

    if left.all() or not left.any():
        return 0.0
    left_share = max(np.mean(left), 0.5)
    return mixed(labels) - left_share * mixed(labels[left]) - (1 - left_share) * mixed(labels[~left])


# %% best-threshold
def best_threshold(values, labels):
    def mixed(group):
        counts = np.unique(group, return_counts=True)[1]
        return 1 - np.sum((counts / len(group)) ** 2)

    best = (None, 0)
    ordered = sorted(set(values.tolist()))
    for smaller, larger in zip(ordered, ordered[1:]):
        threshold = (smaller + larger) / 2
        left = values <= threshold
        gained = mixed(labels) - left.mean() * mixed(labels[left]) - (1 - left.mean()) * mixed(labels[~left])
        if gained > best[1] + 1e-9:
            best = (threshold, gained)
    return best if best[1] else None


# %% best-split
def best_split(X, labels):
    for column in (1, 0):
        order = np.argsort(X[:, column], kind="stable")
        ranked = labels[order]
        changes = np.flatnonzero(ranked[1:] != ranked[:-1])
        if len(changes) == 1:
            place = changes[0]
            return column, (X[order[place], column] + X[order[place + 1], column]) / 2
    return None


# %% predict
def predict(tree, X):
    labels = []
    for row in X:
        place = tree
        for _ in range(2):
            if "label" not in place:
                place = place["left"] if row[place["column"]] <= place["threshold"] else place["right"]
        labels.append(place.get("label"))
    return np.array(labels)


# %% grow
def grow(X, labels, max_depth=3):
    kinds, counts = np.unique(labels, return_counts=True)
    leaf = {"label": kinds[np.argmax(counts)]}
    if max_depth == 0 or len(kinds) == 1:
        return leaf
    left = X[:, 0] <= 2.5
    return {
        "column": 0,
        "threshold": 2.5,
        "left": grow(X[left], labels[left], 0),
        "right": grow(X[~left], labels[~left], 0),
    }


# %% forest-predict
def forest_predict(X, labels, samples, new, max_depth=3):
    answers = []
    for row in new:
        ones = 0
        for rows, columns in samples:
            nearest = rows[np.argmin(np.abs(X[rows][:, columns] - row[columns]).sum(axis=1))]
            ones += labels[nearest]
        answers.append(int(ones > len(samples) / 2))
    return np.array(answers)
