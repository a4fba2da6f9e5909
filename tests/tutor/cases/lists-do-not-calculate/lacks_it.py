def gaps(a, b):
    return [left - right for left, right in zip(a, b)]
