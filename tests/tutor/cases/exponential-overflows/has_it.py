def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum()
