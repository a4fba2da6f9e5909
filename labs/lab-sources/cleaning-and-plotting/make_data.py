"""Makes the lab's data: ``python make_data.py FOLDER`` writes a diary of power cuts and a fuel table.

Six hubs report by message how long the electricity was away and how much their generator burnt, each
caretaker in a way of his own. Hubs carry names of towns in Sindh; the days, hours and litres are drawn from
the seed, and no such diary exists. Only the standard library is used, whose generator gives the same numbers
in every version of Python, so the files come out byte for byte the same.
"""

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

SEED = 20250301
FIRST_DAY = date(2025, 3, 1)
DAYS = 61
HUBS = {  # usual hours without electricity in a day, litres of fuel for an hour, how dates are written
    "Badin": (6.4, 1.7, "%Y-%m-%d"),
    "Dadu": (5.9, 2.3, "%d/%m/%Y"),
    "Hala": (5.3, 1.6, "%d %b %Y"),
    "Kotri": (5.0, 1.9, "%d/%m/%Y"),
    "Matli": (6.1, 1.5, "%Y-%m-%d"),
    "Thatta": (5.6, 2.0, "%d %b %Y"),
}
MONTHS = ("January", "February", "March", "April", "May", "June")

Row = tuple[str, ...]


def make_report(generator: random.Random, day: date, hub: str) -> Row:
    """One message: date, hub, outage and fuel as the caretaker typed them."""
    usual, burnt, written = HUBS[hub]
    minutes = max(0, round(generator.gauss(usual, 1.2) * 6) * 10)
    litres = round(minutes / 60 * burnt * generator.uniform(0.9, 1.1), 1)
    return (day.strftime(written), hub, typed_outage(generator, minutes), typed_fuel(generator, litres))


def typed_outage(generator: random.Random, minutes: int) -> str:
    """The same time in one of three ways; now and then not known, or with the wrong unit behind it."""
    way = generator.random()
    if way < 0.04:
        return generator.choice(("-", "", "not known"))
    if way < 0.07:
        return f"{minutes} h"
    if way < 0.40:
        return f"{minutes} min"
    if way < 0.70:
        return f"{minutes // 60}:{minutes % 60:02d}"
    return f"{minutes / 60:.1f} h"


def typed_fuel(generator: random.Random, litres: float) -> str:
    """Litres; now and then left out, or with the point forgotten."""
    way = generator.random()
    if way < 0.05:
        return ""
    return str(litres).replace(".", "") if way < 0.08 else str(litres)


def make_diary(generator: random.Random) -> list[Row]:
    """All messages in the order of arrival; some days are corrected by a second message later."""
    rows: list[tuple[int, Row]] = []
    for offset in range(DAYS):
        for hub in HUBS:
            if generator.random() < 0.03:
                continue
            day = FIRST_DAY + timedelta(days=offset)
            arrives = offset * 10 + generator.randint(0, 9)
            rows.append((arrives, make_report(generator, day, hub)))
            if generator.random() < 0.04:
                rows.append((arrives + generator.randint(5, 30), make_report(generator, day, hub)))
            if generator.random() < 0.01:
                rows.append((arrives, ("yesterday", *make_report(generator, day, hub)[1:])))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def make_fuel_table(generator: random.Random) -> list[Row]:
    """Litres bought by hub and month, a column a month; what nobody noted is empty."""
    return [
        (hub, *("" if generator.random() < 0.12 else str(generator.randint(180, 420)) for _ in MONTHS))
        for hub in HUBS
    ]


def write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    """One CSV file with plain newlines on every system."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write ``diary.csv`` and ``fuel_bought.csv`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    write(folder / "diary.csv", ("date", "hub", "outage", "litres"), make_diary(generator))
    write(folder / "fuel_bought.csv", ("hub", *MONTHS), make_fuel_table(generator))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
