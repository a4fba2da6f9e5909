"""One small step a line, with intermediate frames; loops where the reference lets pandas do the work."""


# %% load-attendance
def load_attendance(path):
    frame = pd.read_csv(path, dtype={"learner": "string", "hub": "string"})
    frame["date"] = pd.to_datetime(frame["date"], format="%Y-%m-%d")
    return frame


# %% clean
def clean(raw):
    tidy = raw.copy()
    tidy["hub"] = [name.strip().title() for name in tidy["hub"]]
    tidy.loc[tidy["status"] == "absent", "minutes"] = 0
    tidy = tidy[~tidy.duplicated()]
    tidy.index = range(len(tidy))
    return tidy


# %% attended
def attended(frame, hub, first, last):
    chosen = frame[frame["hub"] == hub]
    chosen = chosen[chosen["status"] != "absent"]
    chosen = chosen[chosen["date"] >= pd.Timestamp(first)]
    return chosen[chosen["date"] <= pd.Timestamp(last)]


# %% attendance-rate
def attendance_rate(frame):
    rates = []
    for hub in frame["hub"].unique():
        statuses = frame.loc[frame["hub"] == hub, "status"].tolist()
        came = len([status for status in statuses if status != "absent"])
        rates.append((round(100 * came / len(statuses), 1), hub))
    rates.sort(key=lambda pair: (-pair[0], pair[1]))
    return pd.Series([rate for rate, _ in rates], index=[hub for _, hub in rates], dtype=float)


# %% rain-effect
def rain_effect(frame, weather, threshold=10):
    rain = dict(zip(weather["date"], weather["rain_mm"]))
    dry, wet = [], []
    for day, status in zip(frame["date"], frame["status"]):
        if day in rain:
            group = wet if rain[day] >= threshold else dry
            group.append(status != "absent")
    return percent(pd.Series(dry, dtype=bool)), percent(pd.Series(wet, dtype=bool))


# %% at-risk
def at_risk(frame, run=3):
    missed = {}
    risky = set()
    ordered = frame.sort_values(["learner", "date"])
    for learner, status in zip(ordered["learner"], ordered["status"]):
        missed[learner] = missed.get(learner, 0) + 1 if status == "absent" else 0
        if missed[learner] >= run:
            risky.add(learner)
    return sorted(risky)
