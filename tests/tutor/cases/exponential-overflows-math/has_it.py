import math

def share(score):
    return 1 / (1 + math.exp(-score))
