def start():
    gear = 5
    return gear
