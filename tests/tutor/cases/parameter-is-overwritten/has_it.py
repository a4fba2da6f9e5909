def greet(name):
    name = "Sana"
    return "Salam, " + name
