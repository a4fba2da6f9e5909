def closed(day):
    if day == "Fri" or "Sun":
        return True
    return False
