def begin(inputs, hidden, seed):
    W1 = np.zeros((inputs, hidden))
    return W1
