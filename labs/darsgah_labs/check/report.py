"""The report of a check: plain values that become JSON as they are."""

from enum import StrEnum

import msgspec

CHECKER_VERSION = 1
"""Raised when the same lab may get another report than before."""

ENOUGH = 0.9
"""The mutation score that a lab needs."""


class Part(StrEnum):
    """The five checks."""

    REFERENCE = "reference"
    RELEASE = "release"
    MUTATION = "mutation"
    ALTERNATIVES = "alternatives"
    TEXT = "text"


class Problem(msgspec.Struct, frozen=True):
    """Something to mend.

    Attributes:
        code: stable; the list stands in the documentation.
        part: the check that found it.
    """

    code: str
    message: str
    part: Part


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that passed every test of its question.

    Attributes:
        before, after: the changed lines; what ``[[equivalent]]`` in ``lab.toml`` names.
        advice: the test that would catch it.
    """

    id: str
    kind: str
    line: int
    diff: str
    before: str
    after: str
    advice: str


class QuestionReport(msgspec.Struct, frozen=True):
    """The mutants of one answer cell.

    Attributes:
        grade_id: of the answer cell.
        title: the heading it stands under.
        tests: grade_ids of the tests that decide about it.
        mutants: how many were graded; those marked equivalent are not among them.
        equivalent: how many are marked so.
    """

    notebook: str
    grade_id: str
    title: str
    tests: tuple[str, ...]
    mutants: int
    caught: int
    equivalent: int
    survivors: tuple[Survivor, ...]

    @property
    def score(self) -> float | None:
        """The share caught; None without mutants."""
        return self.caught / self.mutants if self.mutants else None


class PartReport(msgspec.Struct, frozen=True):
    """How one of the five checks ended: ``ok`` is None where it was not run; ``summary`` is one sentence."""

    part: Part
    ok: bool | None
    summary: str


class LabReport(msgspec.Struct, frozen=True):
    """Everything that a check found.

    Attributes:
        lab: the lab's slug.
        ok: no problems were found; ``parts`` says what was left out.
        mutation_score: from 0 to 1; None where mutants were not graded or there are none.
        problems: what has to be mended before the lab is published.
        warnings: what its author should look at.
        reading_minutes: estimated for the text alone.
        seconds: the check took.
    """

    lab: str
    ok: bool
    points: float
    mutation_score: float | None
    questions: tuple[QuestionReport, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    parts: tuple[PartReport, ...]
    reading_minutes: int
    digest: str
    seconds: float
    checker: int = CHECKER_VERSION
