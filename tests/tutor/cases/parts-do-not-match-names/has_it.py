def minutes(clock):
    hour, minute = clock.split(":")
    return int(minute)
