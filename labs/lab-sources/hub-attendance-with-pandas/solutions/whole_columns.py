"""No loop at all: every step works on whole columns, runs of absences included."""


# %% load-attendance
def load_attendance(path):
    return pd.read_csv(path, dtype={"learner": object}).astype({"date": "datetime64[ns]"})


# %% clean
def clean(raw):
    hubs = raw["hub"].str.replace(r"^\s+|\s+$", "", regex=True).str.title()
    minutes = raw["minutes"].where(raw["status"].ne("absent"), 0.0)
    return raw.assign(hub=hubs, minutes=minutes).drop_duplicates(ignore_index=True)


# %% attended
def attended(frame, hub, first, last):
    return frame.query("hub == @hub and status in ['late', 'present'] and @first <= date <= @last")


# %% attendance-rate
def attendance_rate(frame):
    came = frame.assign(rate=frame["status"].ne("absent") * 100.0)
    table = came.groupby("hub", as_index=False)["rate"].mean().round(1)
    return table.sort_values(["rate", "hub"], ascending=[False, True]).set_index("hub")["rate"]


# %% rain-effect
def rain_effect(frame, weather, threshold=10):
    rain = frame["date"].map(weather.set_index("date")["rain_mm"])
    came = frame["status"].ne("absent")
    return percent(came[rain < threshold]), percent(came[rain >= threshold])


# %% at-risk
def at_risk(frame, run=3):
    ordered = frame.sort_values(["learner", "date"], ignore_index=True)
    absent = ordered["status"].eq("absent")
    spell = (~absent).groupby(ordered["learner"]).cumsum()
    lengths = absent.groupby([ordered["learner"], spell]).sum()
    return sorted(set(lengths[lengths >= run].index.get_level_values("learner")))
