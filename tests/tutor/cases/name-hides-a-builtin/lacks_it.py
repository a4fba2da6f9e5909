def spread(values):
    largest = max(values)
    smallest = min(values)
    return largest - smallest
