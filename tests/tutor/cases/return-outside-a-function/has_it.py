def area(a, b):
    result = a * b
return result
