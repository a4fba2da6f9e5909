"""What learners often hand in first; the visible tests already tell them."""


# %% rickshaw-fare
def rickshaw_fare(distance_km, waiting_minutes=0):
    print(100 + 45 * math.ceil(distance_km - 2) + 4 * waiting_minutes)


# %% electricity-bill
def electricity_bill(units):
    if units < 0:
        raise ValueError("negative")
    if units <= 100:
        return units * 16
    if units <= 200:
        return units * 22
    if units <= 300:
        return units * 27
    return units * 35


# %% over-summary
def over_summary(balls):
    runs = wickets = 0
    for ball in balls:
        if ball == "W":
            wickets += 1
        else:
            runs += int(ball)
    return runs, wickets, len(balls)


# %% learners-per-hub
def learners_per_hub(visits):
    counts = {}
    for hub, learner in visits:
        counts[hub] = counts.get(hub, 0) + 1
    return counts


# %% with-bonus
def with_bonus(scores, bonus=5, cap=100):
    for learner in scores:
        scores[learner] = min(scores[learner] + bonus, cap)
    return scores


# %% wettest
def wettest(rainfall, n=3):
    totals = [(station, sum(mm for mm in days if mm)) for station, days in rainfall.items()]
    return sorted(totals, key=lambda pair: pair[1], reverse=True)[:n]
