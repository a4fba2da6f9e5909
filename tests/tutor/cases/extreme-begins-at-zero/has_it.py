def warmest(nights):
    best = 0
    for night in nights:
        if night > best:
            best = night
    return best
