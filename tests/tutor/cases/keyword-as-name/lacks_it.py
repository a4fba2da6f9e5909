def grade(points):
    letter = "B"
    if points >= 80:
        letter = "A"
    return letter
