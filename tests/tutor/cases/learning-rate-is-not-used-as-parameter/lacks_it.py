def step(weights, slopes, learning_rate):
    moved = weights - learning_rate * slopes
    return moved
