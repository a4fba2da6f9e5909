def surprise(p):
    return -np.log(p)
