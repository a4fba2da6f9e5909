def count_long(words):
    found = 0
    for word in words:
        if len(word) > 3:
            found += 1
    return found
