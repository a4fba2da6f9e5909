"""Makes the lab's data: ``python make_data.py FOLDER`` writes two CSV files into FOLDER.

The load of a feeder (the cable that brings electricity to a quarter) follows a plane with noise about it, and
who needs help before an exam follows a logistic curve, so the lab's two models can find what was put in. Only
the standard library is used, whose generator gives the same numbers in every version of Python.
"""

import csv
import math
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

SEED = 20250609
DAYS = 120
LEARNERS = 200


def make_load(generator: random.Random) -> list[tuple[float, int, float]]:
    """A day each: highest temperature in degrees Celsius, shops open, mean load in kilowatts."""
    rows = []
    for _ in range(DAYS):
        temperature = round(generator.uniform(18.0, 44.0), 1)
        shops = generator.randint(40, 400)
        load = 60 + 8 * temperature + 0.5 * shops + generator.gauss(0, 18)
        rows.append((temperature, shops, round(load, 1)))
    return rows


def make_exam(generator: random.Random) -> list[tuple[float, int, int]]:
    """A learner each: hours of practice, sessions attended of 30, and 1 for who failed the first exam."""
    rows = []
    for _ in range(LEARNERS):
        hours = round(generator.triangular(0.0, 40.0, 18.0), 1)
        sessions = round(generator.triangular(4, 30, 24))
        score = 5.6 - 0.16 * hours - 0.22 * sessions
        failed = generator.random() < 1 / (1 + math.exp(-score))
        rows.append((hours, sessions, int(failed)))
    return rows


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One CSV file with plain newlines on every system."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write ``load.csv`` and ``exam.csv`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    write(folder / "load.csv", ("temperature_c", "shops_open", "load_kw"), make_load(generator))
    write(folder / "exam.csv", ("practice_hours", "sessions", "needed_help"), make_exam(generator))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
