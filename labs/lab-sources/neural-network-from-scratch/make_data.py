"""Makes the lab's data: ``python make_data.py FOLDER`` writes ``digits.csv`` into FOLDER.

Small grey pictures of the Urdu digits, 8 by 8 points with a darkness from 0 to 9 each. A digit is a line
through a few corners, drawn anew for each picture: bent, shifted, leaning and smudged by chance, as if by
many hands. Nobody wrote them. Only the standard library is used, whose generator gives the same numbers in
every version of Python.
"""

import csv
import math
import random
import sys
from itertools import pairwise
from pathlib import Path

SEED = 20250823
SIZE = 8
EACH = 80  # pictures of each digit
INK = 0.75  # how wide a line is, in points
Point = tuple[float, float]
STROKES: dict[int, list[list[Point]]] = {  # corners of the lines: x to the right, y downwards, 0 to 7
    0: [[(3.2, 3.2), (4.0, 3.2), (4.0, 4.0), (3.2, 4.0), (3.2, 3.2)]],
    1: [[(3.0, 1.0), (3.6, 3.5), (4.0, 6.5)]],
    2: [[(2.2, 1.0), (2.6, 2.6), (4.2, 2.6), (4.6, 1.2)], [(2.3, 1.4), (3.0, 4.0), (3.4, 6.5)]],
    3: [
        [(1.4, 1.0), (1.8, 2.6), (3.3, 2.6), (3.5, 1.2)],
        [(3.5, 1.2), (3.9, 2.6), (5.4, 2.6), (5.6, 1.0)],
        [(1.5, 1.4), (2.4, 4.0), (2.8, 6.5)],
    ],
    4: [[(5.2, 1.0), (3.0, 1.8), (4.6, 3.0), (2.4, 4.2), (3.2, 5.8), (5.2, 6.2)]],
    5: [[(3.6, 1.0), (1.8, 3.4), (2.0, 5.8), (3.6, 4.8), (5.2, 5.8), (5.4, 3.4), (3.6, 1.0)]],
    6: [[(5.0, 1.0), (2.6, 1.4), (2.8, 3.2), (5.0, 3.0)], [(4.4, 3.2), (3.2, 6.5)]],
    7: [[(1.4, 1.0), (3.5, 6.4), (5.6, 1.0)]],
    8: [[(1.4, 6.4), (3.5, 1.0), (5.6, 6.4)]],
    9: [[(4.8, 3.4), (2.8, 3.2), (2.6, 1.6), (4.4, 1.0), (4.8, 3.4), (5.0, 6.5)]],
}


def by_hand(generator: random.Random, stroke: list[Point]) -> list[Point]:
    """The corners of a stroke as one hand would set them: each a little off."""
    return [(x + generator.gauss(0, 0.25), y + generator.gauss(0, 0.25)) for x, y in stroke]


def moved(points: list[Point], lean: float, right: float, down: float) -> list[Point]:
    """The points leaning to one side, and shifted."""
    return [(x + lean * (3.5 - y) + right, y + down) for x, y in points]


def distance(x: float, y: float, start: Point, end: Point) -> float:
    """Distance of a point from the straight line between two others."""
    across, along = end[0] - start[0], end[1] - start[1]
    length = across * across + along * along
    share = 0.0 if length == 0 else ((x - start[0]) * across + (y - start[1]) * along) / length
    share = min(max(share, 0.0), 1.0)
    return math.hypot(x - start[0] - share * across, y - start[1] - share * along)


def draw(generator: random.Random, digit: int) -> list[int]:
    """A picture of the digit: 64 numbers from 0 (paper) to 9 (ink), line by line."""
    lean = generator.gauss(0, 0.12)
    right, down = generator.gauss(0, 0.6), generator.gauss(0, 0.5)
    pieces: list[tuple[Point, Point]] = []
    for stroke in STROKES[digit]:
        corners = moved(by_hand(generator, stroke), lean, right, down)
        pieces += list(pairwise(corners))
    picture = []
    for y in range(SIZE):
        for x in range(SIZE):
            nearest = min(distance(x, y, start, end) for start, end in pieces)
            dark = 9 * math.exp(-((nearest / INK) ** 2)) + generator.gauss(0, 0.7)
            picture.append(min(max(round(dark), 0), 9))
    return picture


def main(folder: Path) -> None:
    """Write ``digits.csv``: the digit, then its 64 points; in an order without any pattern."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    rows = [[digit, *draw(generator, digit)] for digit in STROKES for _ in range(EACH)]
    generator.shuffle(rows)
    header = ["digit", *(f"row{y}_column{x}" for y in range(SIZE) for x in range(SIZE))]
    with (folder / "digits.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
