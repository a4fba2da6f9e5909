def title(word):
    return word.capitalize()
