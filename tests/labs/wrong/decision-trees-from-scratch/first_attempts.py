"""What learners often hand in first; the visible tests already tell them."""


# %% gini
def gini(labels):
    share = np.mean(labels == labels[0])
    return share * (1 - share)


# %% gain
def gain(labels, left):
    return gini(labels) - (gini(labels[left]) + gini(labels[~left])) / 2


# %% best-threshold
def best_threshold(values, labels):
    best = None
    for threshold in values:
        gained = gain(labels, values <= threshold)
        if best is None or gained > best[1]:
            best = (threshold, gained)
    return best


# %% best-split
def best_split(X, labels):
    split = None
    best_gain = -1
    for column in range(X.shape[1]):
        threshold, gained = best_threshold(X[:, column], labels)
        if gained > best_gain:
            split = (column, threshold)
    return split


# %% predict
def predict(tree, X):
    labels = []
    for row in X:
        if row[tree["column"]] < tree["threshold"]:
            labels.append(tree["left"]["label"])
        else:
            labels.append(tree["right"]["label"])
    return np.array(labels)


# %% grow
def grow(X, labels, max_depth=3):
    column, threshold = best_split(X, labels)
    left = X[:, column] <= threshold
    return {
        "column": column,
        "threshold": threshold,
        "left": grow(X[left], labels[left], max_depth),
        "right": grow(X[~left], labels[~left], max_depth),
    }


# %% forest-predict
def forest_predict(X, labels, samples, new, max_depth=3):
    votes = []
    for rows, columns in samples:
        tree = grow(X[rows][:, columns], labels[rows], max_depth)
        votes.append(predict(tree, new))
    return np.round(np.mean(votes, axis=0)).astype(int)
