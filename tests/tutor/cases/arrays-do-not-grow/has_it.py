def with_end(values):
    np.append(values, 0)
    return values
