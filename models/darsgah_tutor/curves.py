"""The curves of a training, as a table and as a picture."""

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

_WIDTH, _HEIGHT, _EDGE = 640, 320, 40
_COLOURS = {"loss": "#8a5a00", "first": "#1f6f54", "first_three": "#2456a6"}


@dataclass(frozen=True, slots=True)
class Point:
    """After an epoch: the mean loss, and the lines found on the tasks that calibrate."""

    epoch: int
    loss: float
    first: float
    first_three: float


def write_points(file: Path, points: Sequence[Point]) -> None:
    """Write them as CSV with a heading."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(field.name for field in fields(Point))
        writer.writerows(astuple(point) for point in points)


def draw(points: Sequence[Point]) -> str:
    """An SVG: shares from 0 to 1, the loss as a share of the highest."""
    highest = max((point.loss for point in points), default=1.0) or 1.0
    series = {
        "loss": [point.loss / highest for point in points],
        "first": [point.first for point in points],
        "first_three": [point.first_three for point in points],
    }
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<path d="M{_EDGE} {_EDGE}V{_HEIGHT - _EDGE}H{_WIDTH - _EDGE}" fill="none" stroke="#999"/>',
    ]
    for place, (name, values) in enumerate(series.items()):
        path = " ".join(f"{_across(at, len(values)):.1f},{_up(value):.1f}" for at, value in enumerate(values))
        label = f"{name.replace('_', ' ')} {values[-1]:.2f}" if values else name
        parts.append(f'<polyline points="{path}" fill="none" stroke="{_COLOURS[name]}" stroke-width="2"/>')
        parts.append(
            f'<text x="{_EDGE + 160 * place}" y="24" font-size="14" fill="{_COLOURS[name]}">{label}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _across(at: int, count: int) -> float:
    return _EDGE + (_WIDTH - 2 * _EDGE) * at / max(1, count - 1)


def _up(value: float) -> float:
    return _HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * value
