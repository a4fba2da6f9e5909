def greet(name):
    text = "Salam, " + name
    print text
    return text
