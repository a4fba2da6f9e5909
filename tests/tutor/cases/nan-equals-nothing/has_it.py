def missing(values):
    return (values == np.nan).sum()
