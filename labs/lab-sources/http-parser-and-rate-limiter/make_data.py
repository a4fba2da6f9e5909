"""Makes the lab's data: ``python make_data.py FOLDER`` writes two minutes of invented requests into FOLDER.

Six telephones ask a timetable server; one of them has a broken app and asks again and again. Only the
standard library is used, whose generator gives the same numbers in every version of Python, so the file comes
out byte for byte the same.
"""

import csv
import random
import sys
from pathlib import Path

SEED = 20250609
SECONDS = 120
PHONES = 6
BROKEN = "phone-5"
BROKEN_FROM, BROKEN_UNTIL = 30.0, 90.0  # seconds
BROKEN_GAP = 0.25  # seconds between two of its requests, on average


def make_patient(generator: random.Random) -> list[float]:
    """When an ordinary telephone asks: a page now and then, which brings four requests at once."""
    moments: list[float] = []
    second = generator.uniform(0, 15)
    while second < SECONDS:
        moments.extend(second + 0.1 * number for number in range(4))
        second += generator.uniform(12, 30)
    return moments


def make_broken(generator: random.Random) -> list[float]:
    """When the broken telephone asks: without a pause for a minute."""
    moments: list[float] = []
    second = BROKEN_FROM
    while second < BROKEN_UNTIL:
        moments.append(second)
        second += generator.uniform(0.5, 1.5) * BROKEN_GAP
    return moments


def main(folder: Path) -> None:
    """Write ``morning.csv`` into the folder, ordered by time."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    asked: list[tuple[float, str]] = []
    for number in range(1, PHONES + 1):
        client = f"phone-{number}"
        moments = make_broken(generator) if client == BROKEN else make_patient(generator)
        asked.extend((moment, client) for moment in moments if moment < SECONDS)
    with (folder / "morning.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("second", "client"))
        writer.writerows((f"{moment:.2f}", client) for moment, client in sorted(asked))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
