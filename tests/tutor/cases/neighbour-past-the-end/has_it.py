def rises(levels):
    count = 0
    for day in range(len(levels)):
        if levels[day + 1] > levels[day]:
            count += 1
    return count
