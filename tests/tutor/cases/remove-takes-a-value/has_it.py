def without_negative(values):
    kept = list(values)
    for i in range(len(values)):
        if values[i] < 0:
            kept.remove(i)
    return kept
