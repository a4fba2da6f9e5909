def days(litres):
    count = 0
    while litres >= 15:
        count += 1
    return count
