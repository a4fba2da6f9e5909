def has_seven(numbers):
    found = False
    for number in numbers:
        if number == 7:
            found = True
    return found
