def grade(points):
    class = "B"
    if points >= 80:
        class = "A"
    return class
