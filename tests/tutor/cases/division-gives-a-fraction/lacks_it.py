def boxes(things):
    return things // 12
