def ticket(age):
    if age >= 60:
        return "senior"
    elif age >= 18:
        return "adult"
    return "child"
