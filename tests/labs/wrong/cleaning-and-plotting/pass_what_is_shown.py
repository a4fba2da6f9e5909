"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% read-dates
def read_dates(column):
    dates = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    dates = dates.fillna(pd.to_datetime(column, format="%d/%m/%Y", errors="coerce"))
    return dates.fillna(pd.to_datetime(column, format="%d %b %Y", errors="coerce"))


# %% to-hours
def to_hours(column):
    hours = column.str.extract(r"(\d+(?:\.\d+)?) h")[0].astype(float)
    minutes = column.str.extract(r"(\d+) min")[0].astype(float)
    clock = column.str.extract(r"(\d):(\d\d)").astype(float)
    return hours.fillna(minutes / 60).fillna(clock[0] + clock[1] / 60)


# %% one-a-day
def one_a_day(frame):
    latest = frame.dropna().drop_duplicates(["date", "hub"], keep="last")
    return latest.sort_values(["date", "hub"]).reset_index(drop=True)


# %% far-out
def far_out(values, k=1.5):
    values = values.fillna(0)
    first, third = values.quantile(0.25), values.quantile(0.75)
    return (values <= first - k * (third - first)) | (values >= third + k * (third - first))


# %% tidy-fuel
def tidy_fuel(wide):
    tidy = wide.melt(id_vars="hub", var_name="month", value_name="litres")
    tidy = tidy[tidy["litres"] > 0]
    return tidy.sort_values(["hub", "month"], ascending=[True, False], ignore_index=True)


# %% per-hub
def per_hub(frame):
    both = frame.dropna().groupby("hub")[["hours", "litres"]].sum()
    known = frame[frame["hours"] > 0].groupby("hub")["hours"]
    table = pd.DataFrame({"days": known.size(), "median_hours": known.median()})
    table["litres_per_hour"] = both["litres"] / both["hours"]
    return table.sort_values("median_hours", ascending=False)


# %% outage-chart
def outage_chart(table):
    medians = table["median_hours"].sort_values(ascending=False)
    figure, axes = plt.subplots()
    axes.bar(medians.index, medians)
    axes.axhline(medians.iloc[len(medians) // 2])
    axes.set_ylabel("hours without electricity")
    axes.set_title("Power cuts")
    return figure
