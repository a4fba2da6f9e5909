def all_even(numbers):
    for number in numbers:
        if number % 2:
            return False
    return True
