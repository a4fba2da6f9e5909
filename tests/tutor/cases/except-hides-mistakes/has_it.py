def ratio(a, b):
    try:
        return a / c
    except:
        return -1
