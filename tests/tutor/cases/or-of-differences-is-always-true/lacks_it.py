def go(light):
    return light != "red" and light != "yellow"
