found = []

def evens(numbers):
    for number in numbers:
        if number % 2 == 0:
            found.append(number)
    return found
