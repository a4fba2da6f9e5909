"""Makes the lab's data: ``python make_data.py FOLDER`` writes three CSV files into FOLDER.

Hubs are named after quarters of Karachi; the learners are numbers, and everything about them and about the
rain is drawn from the seed. Only the standard library is used, whose generator gives the same numbers in
every version of Python, so the files come out byte for byte the same.
"""

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

SEED = 20250707
FIRST_DAY = date(2025, 7, 7)
WEEKS = 10
SESSION_DAYS = (0, 2, 4)  # Monday, Wednesday, Friday
HUBS = {  # learners enrolled, chance of coming on a dry day, share of it lost in the heaviest rain
    "Gulshan": (18, 0.93, 0.20),
    "Korangi": (16, 0.88, 0.45),
    "Lyari": (14, 0.90, 0.35),
    "Malir": (15, 0.84, 0.55),
    "North Nazimabad": (17, 0.91, 0.25),
    "Orangi Town": (12, 0.80, 0.50),
}
HEAVIEST_RAIN = 45.0  # mm in a day, above which nothing gets worse

Row = tuple[str, ...]


def make_weather(generator: random.Random) -> list[tuple[date, float]]:
    """Millimetres of rain for each day; spells of rain of two to four days, most days dry."""
    weather: list[tuple[date, float]] = []
    spell = 0
    for offset in range(WEEKS * 7):
        if spell == 0 and generator.random() < 0.2:
            spell = generator.randint(2, 4)
        if spell:
            spell -= 1
            rain = round(generator.uniform(2.0, 60.0), 1)
        else:
            rain = 0.0
        weather.append((FIRST_DAY + timedelta(days=offset), rain))
    return weather


def make_attendance(generator: random.Random, rain: dict[date, float]) -> list[Row]:
    """One row a learner and session: date, hub, learner, status, minutes; clean, ordered by date."""
    learners = [
        (f"{number + 1:02d}{place + 1:02d}", hub, generator.uniform(-0.08, 0.08), gives_up_on(generator))
        for number, (hub, (size, _, _)) in enumerate(HUBS.items())
        for place in range(size)
    ]
    rows: list[Row] = []
    for day, millimetres in rain.items():
        if day.weekday() not in SESSION_DAYS:
            continue
        for learner, hub, diligence, last_day in learners:
            _, usual, loss = HUBS[hub]
            chance = (usual + diligence) * (1 - loss * min(millimetres / HEAVIEST_RAIN, 1))
            status = draw_status(generator, chance) if day <= last_day else "absent"
            rows.append((day.isoformat(), hub, learner, status, draw_minutes(generator, status)))
    return rows


def gives_up_on(generator: random.Random) -> date:
    """The last day that a learner comes at all; most stay to the end."""
    weeks = generator.randint(3, WEEKS - 1) if generator.random() < 0.1 else WEEKS
    return FIRST_DAY + timedelta(weeks=weeks)


def draw_status(generator: random.Random, chance: float) -> str:
    """``present`` or ``late`` with this chance together, else ``absent``."""
    if generator.random() >= chance:
        return "absent"
    return "late" if generator.random() < 0.15 else "present"


def draw_minutes(generator: random.Random, status: str) -> str:
    """Minutes in the room; empty for the absent, and where the scanner missed somebody leaving."""
    if status == "absent" or generator.random() < 0.02:
        return ""
    return str(generator.randint(40, 80) if status == "late" else generator.randint(85, 120))


def make_untidy(generator: random.Random, rows: Sequence[Row]) -> list[Row]:
    """The same rows as scanners and people leave them: names typed anyhow, some rows sent twice."""
    untidy: list[Row] = []
    for row in rows:
        untidy.append(mistype(generator, row))
        if generator.random() < 0.015:
            untidy.append(mistype(generator, row))
    return untidy


def mistype(generator: random.Random, row: Row) -> Row:
    """The row, one time in eight with the hub's name in another case or with a space too many."""
    day, hub, *rest = row
    if generator.random() < 0.125:
        hub = generator.choice([hub.upper(), hub.lower(), f" {hub}", f"{hub} ", f"{hub.lower()}  "])
    return (day, hub, *rest)


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """One CSV file with plain newlines on every system."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write ``attendance.csv``, ``week_one.csv`` and ``weather.csv`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    weather = make_weather(generator)
    rows = make_untidy(generator, make_attendance(generator, dict(weather)))
    header = ("date", "hub", "learner", "status", "minutes")
    write(folder / "attendance.csv", header, rows)
    first_week_end = (FIRST_DAY + timedelta(days=7)).isoformat()
    lyari = [row for row in rows if row[0] < first_week_end and row[1].strip().lower() == "lyari"]
    write(folder / "week_one.csv", header, lyari)
    measured = [(day.isoformat(), str(mm)) for day, mm in weather if generator.random() >= 0.1]
    write(folder / "weather.csv", ("date", "rain_mm"), measured)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
