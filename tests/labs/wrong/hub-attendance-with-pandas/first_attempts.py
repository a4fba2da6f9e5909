"""What learners often hand in first; the visible tests already tell them."""


# %% load-attendance
def load_attendance(path):
    return pd.read_csv(path, parse_dates=["date"])


# %% clean
def clean(raw):
    tidy = raw.drop_duplicates().copy()
    tidy["hub"] = tidy["hub"].str.strip().str.title()
    tidy["minutes"] = tidy["minutes"].fillna(0)
    return tidy.reset_index(drop=True)


# %% attended
def attended(frame, hub, first, last):
    return frame[
        (frame["hub"] == hub)
        & (frame["status"] == "present")
        & (frame["date"] > first)
        & (frame["date"] < last)
    ]


# %% attendance-rate
def attendance_rate(frame):
    came = frame["status"].isin(["present", "late"])
    return came.groupby(frame["hub"]).mean().sort_values(ascending=False)


# %% rain-effect
def rain_effect(frame, weather, threshold=10):
    both = frame.merge(weather, on="date", how="left")
    came = both["status"].isin(["present", "late"])
    wet = both["rain_mm"] > threshold
    return percent(came[~wet]), percent(came[wet])


# %% at-risk
def at_risk(frame, run=3):
    absences = frame[frame["status"] == "absent"].groupby("learner").size()
    return list(absences[absences >= run].index)
