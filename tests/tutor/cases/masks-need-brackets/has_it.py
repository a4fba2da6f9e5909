def night(hours):
    return hours < 6 | hours > 19
