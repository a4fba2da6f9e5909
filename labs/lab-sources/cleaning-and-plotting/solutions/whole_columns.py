"""Other tools of pandas and Matplotlib: mixed formats by pattern, timedeltas, pivoting, aggregation by name."""


# %% read-dates
def read_dates(column):
    texts = column.str.strip()
    parts = texts.str.extract(r"^(\d{4})-(\d{2})-(\d{2})$")
    stroke = texts.str.extract(r"^(\d{2})/(\d{2})/(\d{4})$")
    iso = parts[0] + "-" + parts[1] + "-" + parts[2]
    turned = stroke[2] + "-" + stroke[1] + "-" + stroke[0]
    numbers = pd.to_datetime(iso.fillna(turned), format="%Y-%m-%d", errors="coerce")
    return numbers.where(numbers.notna(), pd.to_datetime(texts, format="%d %b %Y", errors="coerce"))


# %% to-hours
def to_hours(column):
    parts = column.str.strip().str.extract(
        r"^(?:(?P<h>\d+(?:\.\d+)?) h|(?P<m>\d+(?:\.\d+)?) min|(?P<whole>\d+):(?P<part>\d\d))$"
    )
    parts = parts.astype(float)
    known = parts.notna().any(axis=1)
    total = parts["h"].fillna(0) + (parts["m"].fillna(0) + parts["part"].fillna(0)) / 60
    return (total + parts["whole"].fillna(0)).where(known)


# %% one-a-day
def one_a_day(frame):
    kept = frame.loc[frame["date"].notna() & ~frame[["date", "hub"]].duplicated(keep="last")]
    return kept.sort_values("hub").sort_values("date", kind="stable", ignore_index=True)


# %% far-out
def far_out(values, k=1.5):
    quartiles = values.quantile([0.25, 0.75]).to_numpy()
    low, high = quartiles + np.array([-k, k]) * (quartiles[1] - quartiles[0])
    return values.lt(low) | values.gt(high)


# %% tidy-fuel
def tidy_fuel(wide):
    stacked = wide.set_index("hub").sort_index().rename_axis(columns="month").stack()
    return stacked.dropna().rename("litres").reset_index()


# %% per-hub
def per_hub(frame):
    known = frame[frame["hours"].notna()]
    both = known.assign(burning=known["hours"].where(known["litres"].notna()))
    table = both.groupby("hub").agg(
        days=("hours", "size"),
        median_hours=("hours", "median"),
        litres=("litres", "sum"),
        burning=("burning", "sum"),
    )
    rate = table["litres"].div(table["burning"].replace(0, np.nan))
    table = table.assign(litres_per_hour=rate).drop(columns=["litres", "burning"])
    order = table.reset_index().sort_values(["median_hours", "hub"], ascending=[False, True])
    return order.set_index("hub")


# %% outage-chart
def outage_chart(table):
    known = table[["median_hours"]].dropna().rename_axis("hub").reset_index()
    known = known.sort_values(["median_hours", "hub"], ascending=[False, True])
    figure, axes = plt.subplots(figsize=(7, 4))
    known.plot.bar(x="hub", y="median_hours", ax=axes, legend=False)
    across = known["median_hours"].quantile(0.5)
    (line,) = axes.plot([-1, len(known)], [across, across], color="black")
    axes.set_xlim(-0.6, len(known) - 0.4)
    axes.legend([line], ["median of all hubs"])
    axes.set(ylabel="hours without electricity", xlabel="", title="Median outage of a day by hub")
    axes.set_ylim(0, max(1, known["median_hours"].max() * 1.1))
    return figure
