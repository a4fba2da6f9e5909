"""Plain Python for single values, and loops over rows, where the reference works on whole columns."""

# %% read-dates
from datetime import datetime


def read_dates(column):
    dates = []
    for text in column:
        found = pd.NaT
        for written in ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y"):
            try:
                found = pd.Timestamp(datetime.strptime(text.strip(), written))
            except ValueError:
                continue
        dates.append(found)
    return pd.Series(dates, index=column.index, dtype="datetime64[ns]")


# %% to-hours
def is_number(text):
    whole, point, rest = text.partition(".")
    return whole.isdigit() and (rest.isdigit() if point else True)


def hours_of(text):
    if pd.isna(text):
        return np.nan
    text = text.strip()
    if text.endswith(" h") and is_number(text[:-2]):
        return float(text[:-2])
    if text.endswith(" min") and is_number(text[:-4]):
        return float(text[:-4]) / 60
    hours, colon, minutes = text.partition(":")
    if colon and hours.isdigit() and minutes.isdigit() and len(minutes) == 2:
        return int(hours) + int(minutes) / 60
    return np.nan


def to_hours(column):
    return pd.Series([hours_of(text) for text in column], index=column.index, dtype=float)


# %% one-a-day
def one_a_day(frame):
    last = {}
    for place in range(len(frame)):
        row = frame.iloc[place]
        if not pd.isna(row["date"]):
            last[row["date"], row["hub"]] = place
    places = [last[key] for key in sorted(last)]
    result = frame.iloc[places].copy()
    result.index = range(len(result))
    return result


# %% far-out
def far_out(values, k=1.5):
    q1 = values.quantile(0.25)
    q3 = values.quantile(0.75)
    low = q1 - k * (q3 - q1)
    high = q3 + k * (q3 - q1)
    answers = []
    for value in values:
        answers.append(bool(value < low or value > high))
    return pd.Series(answers, index=values.index, dtype=bool)


# %% tidy-fuel
def tidy_fuel(wide):
    rows = []
    for hub in sorted(wide["hub"]):
        line = wide[wide["hub"] == hub].iloc[0]
        for month in wide.columns[1:]:
            if not pd.isna(line[month]):
                rows.append({"hub": hub, "month": month, "litres": line[month]})
    return pd.DataFrame(rows, columns=["hub", "month", "litres"])


# %% per-hub
def per_hub(frame):
    lines = []
    for hub in sorted(set(frame["hub"])):
        rows = frame[frame["hub"] == hub]
        hours = rows["hours"].dropna()
        if len(hours) == 0:
            continue
        both = rows[rows["hours"].notna() & rows["litres"].notna()]
        rate = np.nan
        if both["hours"].sum() > 0:
            rate = both["litres"].sum() / both["hours"].sum()
        lines.append((hub, len(hours), hours.median(), rate))
    lines.sort(key=lambda line: (-line[2], line[0]))
    return pd.DataFrame(
        [line[1:] for line in lines],
        index=[line[0] for line in lines],
        columns=["days", "median_hours", "litres_per_hour"],
    )


# %% outage-chart
def outage_chart(table):
    pairs = []
    for hub, value in zip(table.index, table["median_hours"]):
        if not np.isnan(value):
            pairs.append((-value, hub))
    pairs.sort()
    names = [hub for _, hub in pairs]
    heights = [-value for value, _ in pairs]
    figure = plt.figure()
    axes = figure.add_subplot()
    places = range(len(names))
    axes.bar(places, heights, width=0.6)
    axes.set_xticks(places, names)
    axes.axhline(float(np.median(heights)), color="black")
    axes.lines[0].set_label("median of all hubs")
    axes.set_ylim(0)
    axes.set_ylabel("hours without electricity")
    axes.set_title("Power cuts of the usual day")
    axes.legend()
    return figure
