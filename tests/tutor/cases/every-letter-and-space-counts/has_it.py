def title(word):
    return word + " "
