def is_ripe(days):
    return days < 5
