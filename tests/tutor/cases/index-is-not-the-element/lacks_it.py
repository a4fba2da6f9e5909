def total(weights):
    result = 0
    for i in range(len(weights)):
        result += weights[i]
    return result
