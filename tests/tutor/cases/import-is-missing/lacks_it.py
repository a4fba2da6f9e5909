import math

def circle(r):
    return math.pi * r ** 2
