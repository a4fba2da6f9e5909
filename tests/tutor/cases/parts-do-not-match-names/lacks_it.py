def minutes(clock):
    hour, minute, second = clock.split(":")
    return int(minute)
