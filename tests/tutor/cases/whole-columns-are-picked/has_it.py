def of_truth(shares, y):
    return shares[:, y]
