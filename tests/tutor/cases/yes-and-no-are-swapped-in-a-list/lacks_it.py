def ripe(days):
    return [day >= 5 for day in days]
