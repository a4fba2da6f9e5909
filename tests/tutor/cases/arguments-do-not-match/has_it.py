def area(length):
    return length * length
