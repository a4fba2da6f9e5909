"""Plain loops and branches throughout: what a careful beginner writes, without comprehensions or lambda.

The bill is calculated from the top slab downwards, and sorting by two rules is done in two stable passes.
"""


# %% rickshaw-fare
def rickshaw_fare(distance_km, waiting_minutes=0):
    fare = 100
    covered = 2
    while covered < distance_km:
        fare = fare + 45
        covered = covered + 1
    for _ in range(waiting_minutes):
        fare = fare + 4
    return fare


# %% electricity-bill
def electricity_bill(units):
    if units < 0:
        raise ValueError(f"{units} units: there cannot be fewer than none")
    if units > 300:
        return (units - 300) * 35 + 100 * 27 + 100 * 22 + 100 * 16
    if units > 200:
        return (units - 200) * 27 + 100 * 22 + 100 * 16
    if units > 100:
        return (units - 100) * 22 + 100 * 16
    return units * 16


# %% over-summary
def over_summary(balls):
    runs = 0
    wickets = 0
    legal = 0
    for ball in balls:
        if ball == "wd" or ball == "nb":
            runs = runs + 1
        elif ball == "W":
            wickets = wickets + 1
            legal = legal + 1
        else:
            runs = runs + int(ball)
            legal = legal + 1
    return (runs, wickets, legal)


# %% learners-per-hub
def learners_per_hub(visits):
    counts = {}
    met = []
    for visit in visits:
        if visit not in met:
            met.append(visit)
            hub = visit[0]
            if hub in counts:
                counts[hub] = counts[hub] + 1
            else:
                counts[hub] = 1
    return counts


# %% with-bonus
def with_bonus(scores, bonus=5, cap=100):
    result = {}
    for learner in scores:
        mark = scores[learner] + bonus
        if mark > cap:
            mark = cap
        result[learner] = mark
    return result


# %% wettest
def wettest(rainfall, n=3):
    pairs = []
    for station in sorted(rainfall):
        total = 0
        known = 0
        for mm in rainfall[station]:
            if mm is not None:
                total = total + mm
                known = known + 1
        if known > 0:
            pairs.append((station, total))

    def total_of(pair):
        return pair[1]

    pairs.sort(key=total_of, reverse=True)
    return pairs[0:n]
