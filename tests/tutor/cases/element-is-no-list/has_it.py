def with_total(values):
    return values + sum(values)
