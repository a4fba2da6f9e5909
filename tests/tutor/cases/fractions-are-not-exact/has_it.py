def reached(a, b, goal):
    return (a + b) / goal == 1
