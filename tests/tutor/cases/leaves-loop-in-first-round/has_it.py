def all_even(numbers):
    for number in numbers:
        if number % 2 == 0:
            return True
        else:
            return False
