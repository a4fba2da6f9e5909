def ticket(age):
    if age >= 18:
        return "adult"
    elif age >= 60:
        return "senior"
    return "child"
