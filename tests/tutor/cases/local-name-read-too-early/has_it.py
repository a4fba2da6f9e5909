found = 0

def count_long(words):
    for word in words:
        if len(word) > 3:
            found += 1
    return found
