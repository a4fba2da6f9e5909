"""Lists, dictionaries and loops where the lab uses NumPy, a leaf-first recursion, and max with a key for majorities."""


# %% gini
def gini(labels):
    counts = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    different = 0.0
    for count in counts.values():
        different += count / len(labels) * (1 - count / len(labels))
    return different


# %% gain
def gain(labels, left):
    groups = {True: [], False: []}
    for label, goes_left in zip(labels, left):
        groups[bool(goes_left)].append(label)
    after = sum(len(group) * gini(group) for group in groups.values())
    return gini(labels) - after / len(labels)


# %% best-threshold
def best_threshold(values, labels):
    ordered = sorted(set(values.tolist()))
    best = None
    for smaller, larger in zip(ordered, ordered[1:]):
        threshold = smaller + (larger - smaller) / 2
        gained = gain(labels, [value <= threshold for value in values])
        if best is None or better(gained, best[1]):
            best = threshold, gained
    return best


# %% best-split
def best_split(X, labels):
    found = []
    for column in range(len(X[0])):
        best = best_threshold(X[:, column], labels)
        if best:
            found.append((column, *best))
    winner = None
    for column, threshold, gained in found:
        if better(gained, 0 if winner is None else winner[2]):
            winner = column, threshold, gained
    return winner and winner[:2]


# %% predict
def predict(tree, X):
    def ask(place, row):
        if "label" in place:
            return place["label"]
        if row[place["column"]] > place["threshold"]:
            return ask(place["right"], row)
        return ask(place["left"], row)

    return np.array([ask(tree, row) for row in X])


# %% grow
def grow(X, labels, max_depth=3):
    names = sorted(set(labels.tolist()))
    leaf = {"label": max(names, key=labels.tolist().count)}
    if max_depth == 0:
        return leaf
    split = best_split(X, labels)
    if not split:
        return leaf
    number, limit = split
    yes = [row for row in range(len(X)) if X[row, number] <= limit]
    no = [row for row in range(len(X)) if X[row, number] > limit]
    return dict(
        column=number,
        threshold=limit,
        left=grow(X[yes], labels[yes], max_depth - 1),
        right=grow(X[no], labels[no], max_depth - 1),
    )


# %% forest-predict
def forest_predict(X, labels, samples, new, max_depth=3):
    ballots = [{} for _ in new]
    for rows, columns in samples:
        table = np.array([[X[row, column] for column in columns] for row in rows])
        tree = grow(table, np.array([labels[row] for row in rows]), max_depth)
        asked = np.array([[row[column] for column in columns] for row in new])
        for ballot, label in zip(ballots, predict(tree, asked).tolist()):
            ballot[label] = ballot.get(label, 0) + 1
    return np.array([min(ballot, key=lambda label: (-ballot[label], label)) for ballot in ballots])
