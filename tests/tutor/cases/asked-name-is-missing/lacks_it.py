def weekly_total(days):
    return sum(days)
