def warmest(nights):
    best = nights[0]
    for night in nights:
        if night > best:
            best = night
    return best
