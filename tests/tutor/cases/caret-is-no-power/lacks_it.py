def cube(side):
    return side ** 3
