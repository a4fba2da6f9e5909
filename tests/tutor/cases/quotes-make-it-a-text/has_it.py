def river(name):
    return "name"
