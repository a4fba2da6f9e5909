def reached(a, b, goal):
    return abs(a + b - goal) < 1e-9
