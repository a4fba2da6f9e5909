def with_end(values):
    return np.append(values, 0)
