"""What learners often hand in first; the visible tests already tell them."""


# %% read-dates
def read_dates(column):
    return pd.to_datetime(column, format="%m/%d/%Y", errors="coerce")


# %% to-hours
def to_hours(column):
    return column.str.extract(r"(\d+)")[0].astype(float).fillna(0)


# %% one-a-day
def one_a_day(frame):
    return frame.sort_values("date").drop_duplicates()


# %% far-out
def far_out(values, k=1.5):
    return values > values.mean() + k * 2 * values.std()


# %% tidy-fuel
def tidy_fuel(wide):
    return wide.melt(id_vars="hub").fillna(0).sort_values(["hub", "variable"])


# %% per-hub
def per_hub(frame):
    frame = frame.assign(rate=frame["litres"] / frame["hours"])
    grouped = frame.groupby("hub")
    return pd.DataFrame(
        {
            "days": grouped.size(),
            "median_hours": grouped["hours"].mean(),
            "litres_per_hour": grouped["rate"].mean(),
        }
    )


# %% outage-chart
def outage_chart(table):
    figure, axes = plt.subplots()
    axes.bar(table.index, table["median_hours"])
    axes.set_ylim(table["median_hours"].min() - 0.1)
    return figure
