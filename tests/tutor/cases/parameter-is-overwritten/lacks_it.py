def greet(name):
    return "Salam, " + name
