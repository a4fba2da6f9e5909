def areas(plots):
    return plots.apply(lambda plot: plot["length"] * plot["width"], axis=1)
