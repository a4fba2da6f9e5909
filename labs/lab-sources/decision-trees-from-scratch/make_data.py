"""Makes the lab's data: ``python make_data.py FOLDER`` writes two CSV files into FOLDER, one for each season.

A morning on a field of cotton: what the instruments show, and whether the field needed water. The truth is
two questions deep (see ``needs_water``), and with a chance of one in ten somebody noted the wrong answer,
so a tree can find the rule, and can also learn the mistakes by heart. Only the standard library is used,
whose generator gives the same numbers in every version of Python.
"""

import csv
import random
import sys
from collections.abc import Iterable
from pathlib import Path

SEED = 20250412
MORNINGS = 150  # in each season
MISTAKES = 0.1
HEADER = ("moisture_percent", "temperature_c", "days_since_rain", "needed_water")

Row = tuple[int, int, int, int]


def needs_water(moisture: int, temperature: int) -> bool:
    """Dry soil does; middling soil does on a hot day."""
    return moisture <= 20 or (moisture <= 32 and temperature >= 36)


def make_season(generator: random.Random) -> list[Row]:
    """A morning each: soil moisture, expected temperature, days since it rained, and the answer noted."""
    rows = []
    for _ in range(MORNINGS):
        moisture = round(generator.triangular(8, 55, 26))
        temperature = generator.randint(24, 45)
        days = max(0, round((55 - moisture) / 4 + generator.gauss(0, 3)))
        noted = needs_water(moisture, temperature) != (generator.random() < MISTAKES)
        rows.append((moisture, temperature, days, int(noted)))
    return rows


def write(path: Path, rows: Iterable[Row]) -> None:
    """One CSV file with plain newlines on every system."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write ``last_season.csv`` and ``this_season.csv`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    write(folder / "last_season.csv", make_season(generator))
    write(folder / "this_season.csv", make_season(generator))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
