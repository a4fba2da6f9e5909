def mean(a, b):
    return (a + b) / 2
