"""The figures of the tutor's evaluation from what was seen of each case; nothing runs here.

A case is one wrong answer of which it is known what is wrong with it. What was seen of it is an ``Outcome``;
``darsgah tutor evaluate`` gathers them and these functions turn them into shares with their intervals. No
figure comes without its n.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, comb, sqrt

_Z = 1.959963984540054
"""Standard deviations of a normal distribution that hold 95 % of it."""
_FEWEST = 10
"""Told hints that a threshold may be fixed by."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """0 to 1; 0 where there were none."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of 95 %, by Wilson's score (1927), which holds for few cases and for shares near 0 and 1."""
        if not self.n:
            return 0.0, 1.0
        spread = _Z * sqrt(self.value * (1 - self.value) / self.n + _Z**2 / (4 * self.n**2))
        centre = self.value + _Z**2 / (2 * self.n)
        whole = 1 + _Z**2 / self.n
        return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tutor made of one wrong answer, beside what is the matter with it.

    Attributes:
        data: which set it is of.
        task: what is kept together when data are split.
        lines: code lines of the answer.
        truth: those that are wrong.
        one_edit: a small edit is known that makes a correct answer of it, and ``truth`` is where.
        apart: lines that have to be changed, dropped or put in, as far as is known.
        rankings: by who ranked, the three likeliest lines; empty where one has nothing to go by.
        repair: the way of the repair, checked by the tests once more; empty where none was found.
        told: everything but the threshold lets a hint about the line pass.
        believed: the misconception that the answer was made from; empty where none is known.
        seconds: by part.
    """

    data: str
    task: str
    case: str
    lines: tuple[int, ...]
    truth: tuple[int, ...]
    one_edit: bool
    apart: int
    rankings: Mapping[str, tuple[int, ...]]
    repair: str
    edits: int
    told: bool
    confidence: float
    line: int
    misconception: str
    believed: str
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """The first line of the hint is wrong indeed, and a misconception, where one is known, agrees.

        A hint that names none, where one is known, is judged by its line: it claims no more.
        """
        agrees = not (self.believed and self.misconception) or self.believed == self.misconception
        return self.line in self.truth and agrees


@dataclass(frozen=True, slots=True)
class GateFigures:
    """What comes through a threshold: how much of what is told is right, and how much is told.

    Attributes:
        lines: of what is told, how much names a wrong line, whatever it says of the misconception.
    """

    threshold: float
    precision: Share
    lines: Share
    coverage: Share


def found_among(outcomes: Iterable[Outcome], who: str, first: int) -> Share:
    """Cases in which a wrong line is among the first so many; one who has nothing to go by finds none."""
    hits = [not set(one.truth).isdisjoint(one.rankings.get(who, ())[:first]) for one in outcomes]
    return Share(sum(hits), len(hits))


def chance(outcomes: Sequence[Outcome], first: int) -> float:
    """The share that is expected of lines in any order: hypergeometric, exact."""
    return sum(_chance(one, first) for one in outcomes) / len(outcomes) if outcomes else 0.0


def gate_figures(outcomes: Sequence[Outcome], threshold: float) -> GateFigures:
    """What a gate with this threshold does to some outcomes."""
    passed = [one for one in outcomes if one.told and one.confidence >= threshold]
    right = sum(one.right for one in passed)
    lines = sum(one.line in one.truth for one in passed)
    return GateFigures(
        threshold, Share(right, len(passed)), Share(lines, len(passed)), Share(len(passed), len(outcomes))
    )


def least_threshold(outcomes: Sequence[Outcome], precision: float) -> float | None:
    """The least threshold at which so large a share of what is told is right; None where none is.

    The value is a confidence that was met; a handful of told hints fixes nothing.
    """
    met = sorted({one.confidence for one in outcomes if one.told})
    for threshold in met:
        figures = gate_figures(outcomes, threshold)
        if figures.precision.n < _FEWEST:
            return None
        if figures.precision.value >= precision:
            return threshold
    return None


def threshold_telling(outcomes: Sequence[Outcome], coverage: float) -> float | None:
    """The greatest threshold that still lets so large a share be told; None where none does."""
    met = sorted({one.confidence for one in outcomes if one.told}, reverse=True)
    enough = (one for one in met if gate_figures(outcomes, one).coverage.value >= coverage)
    return next(enough, None)


def halves(outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Two parts with no task in common: every other task, in the order of their names."""
    tasks = sorted({one.task for one in outcomes})
    first = set(tasks[::2])
    return [one for one in outcomes if one.task in first], [one for one in outcomes if one.task not in first]


def by_task(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> dict[str, Share]:
    """Of each task the cases of which something holds."""
    found: dict[str, list[bool]] = {}
    for one in outcomes:
        found.setdefault(one.task, []).append(holds(one))
    return {task: Share(sum(held), len(held)) for task, held in sorted(found.items())}


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed: one that was measured, none in between."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _chance(one: Outcome, first: int) -> float:
    count, wrong = len(one.lines), len(set(one.truth) & set(one.lines))
    drawn = min(first, count)
    return 1 - comb(count - wrong, drawn) / comb(count, drawn) if count else 0.0
