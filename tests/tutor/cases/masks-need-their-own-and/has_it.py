def pleasant(degrees):
    return (degrees > 15) and (degrees < 30)
