def shown(degrees):
    if degrees:
        return str(degrees)
    return "-"
