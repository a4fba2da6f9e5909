def shown(degrees):
    if degrees is not None:
        return str(degrees)
    return "-"
