def go(light):
    return light != "red" or light != "yellow"
