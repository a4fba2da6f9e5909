def level(readings):
    return readings.fillna(0).mean()
