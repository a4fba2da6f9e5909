def closed(day):
    return day == "Fri" or day == "Sun"
