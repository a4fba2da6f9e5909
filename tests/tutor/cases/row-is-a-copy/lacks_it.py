def in_tonnes(bags):
    return bags.assign(kilos=bags["kilos"] / 1000)
