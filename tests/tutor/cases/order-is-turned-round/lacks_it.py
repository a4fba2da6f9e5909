def letters(text):
    result = ""
    for letter in text:
        if letter != " ":
            result = result + letter
    return result
