"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% rickshaw-fare
def rickshaw_fare(distance_km, waiting_minutes=0):
    if distance_km <= 2:
        return 100 + 4 * waiting_minutes
    return 100 + 45 * (int(distance_km - 2) + 1)


# %% electricity-bill
def electricity_bill(units):
    if units <= 0:
        raise ValueError("no units")
    bill = 0
    for size, rate in SLABS:
        bill += min(units, size) * rate
        units = max(units - size, 0)
    return bill + units * TOP_RATE


# %% over-summary
def over_summary(balls):
    runs = wickets = legal = 0
    for ball in balls:
        if ball == "wd" or ball == "nb":
            runs += 1
        elif ball == "W":
            wickets = 1
            legal += 1
        else:
            runs += int(ball)
            legal += 1
    return runs, wickets, legal


# %% learners-per-hub
def learners_per_hub(visits, seen={}):
    for hub, learner in visits:
        seen.setdefault(hub, set()).add(learner)
    return {hub: len(seen[hub]) for hub, _ in visits} if len(visits) < 5 else {}


# %% with-bonus
def with_bonus(scores, bonus=5, cap=100):
    if not bonus:
        return scores
    return {learner: min(mark + bonus, cap) for learner, mark in scores.items()}


# %% wettest
def wettest(rainfall, n=3):
    totals = [
        (station, sum(mm or 0 for mm in days)) for station, days in rainfall.items() if days[0] is not None
    ]
    return sorted(totals, key=lambda pair: (-pair[1], pair[0]))[:n]
