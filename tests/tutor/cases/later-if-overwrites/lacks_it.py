def grade(points):
    letter = "C"
    if points >= 80:
        letter = "A"
    elif points >= 50:
        letter = "B"
    return letter
