"""Loops over rows and columns in plain Python, with NumPy only at the door: slow, and right."""

# %% mean-squared-error
import math


def mean_squared_error(X, y, weights, bias):
    total = 0.0
    for row, true in zip(X, y):
        guess = bias
        for weight, value in zip(weights, row):
            guess = guess + weight * value
        total = total + (guess - true) ** 2
    return total / len(y)


# %% mse-gradient
def mse_gradient(X, y, weights, bias):
    weight_slopes = [0.0] * len(weights)
    bias_slope = 0.0
    for row, true in zip(X, y):
        error = true - (sum(weight * value for weight, value in zip(weights, row)) + bias)
        for column, value in enumerate(row):
            weight_slopes[column] -= 2 * error * value / len(y)
        bias_slope -= 2 * error / len(y)
    return np.array(weight_slopes), bias_slope


# %% standardise
def standardise(train, other):
    scaled_train = np.zeros(train.shape)
    scaled_other = np.zeros(other.shape)
    for column in range(train.shape[1]):
        values = train[:, column]
        mean = sum(values) / len(values)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        if deviation == 0:
            deviation = 1
        for row in range(len(train)):
            scaled_train[row, column] = (train[row, column] - mean) / deviation
        for row in range(len(other)):
            scaled_other[row, column] = (other[row, column] - mean) / deviation
    return scaled_train, scaled_other


# %% fit-linear
def fit_linear(X, y, rate=0.1, steps=200):
    count, columns = X.shape
    weights = [0.0] * columns
    bias = 0.0
    losses = []
    for step in range(steps + 1):
        errors = []
        for row, true in zip(X, y):
            errors.append(sum(w * value for w, value in zip(weights, row)) + bias - true)
        losses.append(sum(error * error for error in errors) / count)
        if step == steps:
            break
        for column in range(columns):
            slope = sum(error * row[column] for error, row in zip(errors, X)) * 2 / count
            weights[column] = weights[column] - rate * slope
        bias = bias - rate * 2 * sum(errors) / count
    return np.array(weights), bias, losses


# %% sigmoid-and-log-loss
def sigmoid(z):
    chances = []
    for score in np.ravel(z):
        if score < 0:
            power = math.exp(score)
            chances.append(power / (power + 1))
        else:
            chances.append(1 / (1 + math.exp(-score)))
    return np.array(chances).reshape(np.shape(z))


def log_loss(y, p):
    paid = 0.0
    for happened, chance in zip(y, p):
        chance = min(max(chance, 1e-12), 1 - 1e-12)
        paid -= math.log(chance) if happened else math.log(1 - chance)
    return paid / len(y)


# %% precision-recall
def precision_recall(y, named):
    found = missed = alarms = 0
    for needed, said in zip(y, named):
        if needed and said:
            found += 1
        elif needed:
            missed += 1
        elif said:
            alarms += 1
    if found == 0:
        return 0, 0
    return found / (found + alarms), found / (found + missed)


# %% fit-logistic
def fit_logistic(X, y, rate=0.5, steps=300, penalty=0.0):
    weights = np.zeros(X.shape[1])
    bias = 0.0
    for _ in range(steps):
        slopes = 2 * penalty * weights
        bias_slope = 0.0
        chances = sigmoid(np.array([row @ weights + bias for row in X]))
        for row, chance, true in zip(X, chances, y):
            slopes = slopes + (chance - true) * row / len(y)
            bias_slope = bias_slope + (chance - true) / len(y)
        weights = weights - rate * slopes
        bias = bias - rate * bias_slope
    return weights, bias
