def step(weights, slopes, learning_rate):
    moved = weights - slopes
    return moved
