def weight(bags):
    kilos = bags * 50
    return kilos
