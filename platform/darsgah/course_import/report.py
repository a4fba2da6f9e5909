"""What an import did, one line at a time; a dry run says the same lines of what it would do."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a line is about."""

    LAB = "lab"
    COURSE = "course"
    COHORT = "cohort"
    ASSIGNMENT = "assignment"
    STUDENT = "student"
    SUBMISSION = "submission"
    MARKS = "marks"

    @property
    def plural(self) -> str:
        """The word for many of them."""
        return self.value if self is Kind.MARKS else f"{self.value}s"


class Outcome(StrEnum):
    """What became of it. ``NOTE`` is something to know, ``LEFT_OUT`` something that was not brought over."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "unchanged"
    NOTE = "note"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of the course and what became of it, in words for people."""

    kind: Kind
    outcome: Outcome
    text: str


class Report:
    """Counts the lines and hands each on.

    Args:
        say: told every line as it happens.
    """

    def __init__(self, say: Callable[[Line], None]) -> None:
        self._say = say
        self.counts: Counter[tuple[Kind, Outcome]] = Counter()

    def add(self, kind: Kind, outcome: Outcome, text: str) -> None:
        """Note what became of one thing."""
        self.counts[kind, outcome] += 1
        self._say(Line(kind, outcome, text))
