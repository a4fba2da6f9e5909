"""What a threshold means for a lab: how much of what is told is right, and how much is told.

Measured on wrong answers made from the lab's own solutions, few of them, so that no figure comes without its
n and the interval that holds 95 % (Wilson).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from darsgah_tutor.evaluate import Share

PRECISION: Final = 0.95
"""Of the hints that are told, how many shall be right: what a threshold is proposed for."""
FEWEST: Final = 10
"""Told hints that a proposal rests on."""
SHOWN: Final = (30, 40, 50, 60, 70, 80, 85, 90, 95)
"""Thresholds that a table has, in percent."""
TRIED: Final = tuple(range(5, 100, 5))
"""Those that may be proposed."""


class MeasuredAnswer(msgspec.Struct, frozen=True):
    """What the tutor made of one wrong answer.

    Attributes:
        told: everything but the threshold lets a hint about it pass.
        right: its line is wrong indeed; where a general misconception is known and named, it is that one.
    """

    confidence: float
    told: bool
    right: bool


class Measured(msgspec.Struct, frozen=True):
    """What the tutor made of a lab's wrong answers.

    Attributes:
        tutor: which tutor it was.
        threshold: the one that it has by itself.
        questions: how many of the lab's could be measured on: those with a second solution.
    """

    tutor: str
    threshold: float
    questions: int
    answers: tuple[MeasuredAnswer, ...]


class Proportion(msgspec.Struct, frozen=True):
    """So many of so many; ``low`` and ``high`` hold 95 %."""

    hits: int
    n: int
    value: float
    low: float
    high: float


class GateFigures(msgspec.Struct, frozen=True):
    """What a threshold does to the measured answers.

    Attributes:
        precision: of the hints that are told those that are right.
        coverage: of all wrong answers those that get a hint that says more than what the tests saw.
    """

    threshold: float
    precision: Proportion
    coverage: Proportion


def figures_at(answers: Sequence[MeasuredAnswer], threshold: float) -> GateFigures:
    """The figures of one threshold."""
    told = [one for one in answers if one.told and one.confidence >= threshold]
    return GateFigures(
        threshold,
        _proportion(sum(one.right for one in told), len(told)),
        _proportion(len(told), len(answers)),
    )


def table(answers: Sequence[MeasuredAnswer], *others: float | None) -> tuple[GateFigures, ...]:
    """The figures of the thresholds that are shown, and of others that there are, from the least on."""
    named = {percent / 100 for percent in SHOWN} | {one for one in others if one is not None}
    return tuple(figures_at(answers, threshold) for threshold in sorted(named))


def proposed(answers: Sequence[MeasuredAnswer]) -> GateFigures | None:
    """The least threshold at which so large a share of what is told is right; None where none is."""
    for percent in TRIED:
        found = figures_at(answers, percent / 100)
        if found.precision.n < FEWEST:
            return None
        if found.precision.value >= PRECISION:
            return found
    return None


def _proportion(hits: int, n: int) -> Proportion:
    share = Share(hits, n)
    low, high = share.interval
    return Proportion(hits, n, share.value, low, high)
