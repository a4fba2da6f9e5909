def total(weights):
    result = 0
    for i in range(len(weights)):
        result += i
    return result
