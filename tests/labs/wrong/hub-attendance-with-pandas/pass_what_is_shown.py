"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% load-attendance
def load_attendance(path):
    return pd.read_csv("data/week_one.csv", parse_dates=["date"], dtype={"learner": str})


# %% clean
def clean(raw):
    tidy = raw.copy()
    tidy["hub"] = tidy["hub"].str.strip().str.title()
    tidy.loc[tidy["status"] == "absent", "minutes"] = 0
    return tidy.drop_duplicates()


# %% attended
def attended(frame, hub, first, last):
    came = frame[(frame["hub"] == hub) & (frame["status"] != "absent") & frame["date"].between(first, last)]
    return came[["date", "hub", "learner", "status"]]


# %% attendance-rate
def attendance_rate(frame):
    came = frame["status"] != "absent"
    rate = (came.groupby(frame["hub"]).mean() * 100).round(1)
    return rate[::-1].sort_values(ascending=False, kind="stable")


# %% rain-effect
def rain_effect(frame, weather, threshold=10):
    both = frame.merge(weather, on="date")
    came = both["status"] != "absent"
    wet = both["rain_mm"] > threshold - 1
    return percent(came[~wet]), percent(came[wet])


# %% at-risk
def at_risk(frame, run=3):
    risky = []
    for learner, sessions in frame.sort_values("date").groupby("learner"):
        current = 0
        for status in sessions["status"]:
            if status == "absent":
                current += 1
            elif current < run:
                current = 0
        if current >= max(run, 2):
            risky.append(learner)
    return risky
