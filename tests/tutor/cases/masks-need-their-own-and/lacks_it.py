def pleasant(degrees):
    return (degrees > 15) & (degrees < 30)
