import math

def share(score):
    if score < 0:
        return math.exp(max(score, -1e6)) / (1 + math.exp(max(score, -1e6)))
    return 1 / (1 + math.exp(-max(score, 0)))
