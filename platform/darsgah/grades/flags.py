"""Flags as instructors read them: the grader's, and those that the platform raises itself."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from darsgah_grader.flags import FLAGS, FlagKind, Severity
from darsgah_grader.types import Flag, Grade

UNGRADED: Final = "grading_failed"
"""The flag of a submission that could not be graded: nothing the learner did, a person has to look."""

ENVIRONMENT_BROKEN: Final = "environment_broken"
"""The flag of a submission that waits because its lab's environment does not work."""

KINDS: Final[Mapping[str, FlagKind]] = {
    **FLAGS,
    UNGRADED: FlagKind(
        Severity.REVIEW,
        "Grading did not succeed",
        "The lab or the machine is at fault, not the learner. There is no score yet.",
        "Mend what is named here, then grade the submission again.",
    ),
    ENVIRONMENT_BROKEN: FlagKind(
        Severity.REVIEW,
        "The lab's environment does not work",
        "The software that the lab runs with did not start on the machine that grades: no score yet.",
        "Have it mended: the submission is then graded by itself. `darsgah doctor` says what is wrong.",
    ),
    "nbgrader_by_hand": FlagKind(
        Severity.NOTE,
        "Marked by hand in nbgrader",
        "A person had changed these points in the gradebook that was brought along.",
        "Nothing has to be done: the marks are kept beside the score.",
    ),
    "nbgrader_late_penalty": FlagKind(
        Severity.NOTE,
        "Points off for lateness in nbgrader",
        "The gradebook that was brought along took points off for lateness.",
        "Nothing has to be done: the points are kept beside the score.",
    ),
}
"""By name."""


class FlagView(msgspec.Struct, frozen=True):
    """A flag with its evidence, in plain English; pages translate ``title``, ``meaning`` and ``action``.

    ``severity`` is ``review`` where a person has to decide before the score counts, else ``note``.
    """

    name: str
    evidence: str
    severity: str
    title: str
    meaning: str
    action: str


def flag_view(flag: Flag) -> FlagView:
    """The flag in words; one that an older or newer release raised goes by its name."""
    kind = KINDS.get(flag.name, FlagKind(Severity.REVIEW, flag.name, "", ""))
    return FlagView(flag.name, flag.evidence, kind.severity.value, kind.title, kind.meaning, kind.action)


def all_flags(grade: Grade) -> Iterable[Flag]:
    """The flags of a grade and of its cells."""
    yield from grade.flags
    for cell in grade.cells:
        yield from cell.flags


def asks_for_review(grade: Grade) -> bool:
    """Whether a person has to decide before this grade counts, because of one of its flags."""
    return any(flag_view(flag).severity == Severity.REVIEW for flag in all_flags(grade))
