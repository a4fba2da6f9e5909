def total_of_week(days):
    return sum(days)
