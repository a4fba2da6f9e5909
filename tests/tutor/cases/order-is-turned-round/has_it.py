def letters(text):
    result = ""
    for letter in text:
        if letter != " ":
            result = letter + result
    return result
