"""Every flag there is: what it says in plain words, what it means, what to do, and how much it weighs.

The words are for instructors and are translated where they are shown. ``docs/grading.md`` lists the same
names; a test holds the two, and the code that raises flags, against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """What a flag asks for: a person's decision before the score counts, or nothing but to be known."""

    REVIEW = "review"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FlagKind:
    """A flag in words: its name, what it means, and what the instructor can do."""

    severity: Severity
    title: str
    meaning: str
    action: str


FLAGS: Final[Mapping[str, FlagKind]] = {
    "tampering": FlagKind(
        Severity.REVIEW,
        "Tampering with the tests",
        "A check that has to fail went through: the notebook's code has changed what its tests use.",
        "Read the learner's cells before this test. The test was given 0 points; talk to the learner.",
    ),
    "unusable_partial_credit": FlagKind(
        Severity.REVIEW,
        "Points that are no points",
        "The test ended in a value that is not a number between 0 and its points.",
        "See whether the test or the answer made this value. The test was given 0 points.",
    ),
    "late_thread": FlagKind(
        Severity.REVIEW,
        "Code still running during the tests",
        "Something that an earlier cell had started was still running when this test ran, and can have changed what was tested.",  # noqa: E501 -- one sentence
        "Read the cells that start threads, and decide whether the score stands.",
    ),
    "trace_function": FlagKind(
        Severity.REVIEW,
        "Tracing switched on during a test",
        "Code under test has set a trace function, with which lines of the test can be skipped.",
        "Read what the trace function does, and decide whether the score stands.",
    ),
    "sandbox_trouble": FlagKind(
        Severity.REVIEW,
        "The sandbox ended early",
        "The notebook's sandbox ended before all cells had run: the code brought it down, or the machine had trouble.",  # noqa: E501 -- one sentence
        "See which cells were not run. If nothing in them explains it, grade the submission again.",
    ),
    "data_changed": FlagKind(
        Severity.REVIEW,
        "Changed data file of the lab",
        "The notebook's code has changed a file that the lab brings, which this machine could not prevent.",
        "Read the cells that write files, and decide whether the score stands.",
    ),
    "solution_flip": FlagKind(
        Severity.NOTE,
        "Answer cell marked as no answer",
        "The answer cell came back with changed marks. They were not used: the lab's own marks count.",
        "Nothing has to be done: the score is right.",
    ),
    "duplicate_id": FlagKind(
        Severity.NOTE,
        "Copied cell",
        "Several cells carry the same identifier, as when a cell is copied. The last one counts.",
        "If the learner answered in another copy, read that one.",
    ),
    "extra_grade_cell": FlagKind(
        Severity.NOTE,
        "Extra graded cell",
        "The notebook has a graded cell that the lab does not have. It was run as the learner's own.",
        "Nothing has to be done: the score is right.",
    ),
    "deleted_cell": FlagKind(
        Severity.NOTE,
        "Deleted cell",
        "The graded cell is not in the notebook that was handed in, and gave no points.",
        "If the learner deleted it by mistake, ask them to hand in again.",
    ),
    "bidi_characters": FlagKind(
        Severity.NOTE,
        "Characters that change the reading direction",
        "The code holds invisible characters that make it look different from what it does.",
        "Read the cell in an editor that shows such characters.",
    ),
    "input_transformer": FlagKind(
        Severity.NOTE,
        "Transformer of what is typed",
        "A cell has made IPython rewrite the code of later cells, but not of tests: the score is right.",
        "Read the cell if it surprises you.",
    ),
    "shell_changed": FlagKind(
        Severity.NOTE,
        "Changes to the notebook's shell",
        "A cell has changed how IPython runs code, or added a hook. Tests do not use it: the score is right.",
        "Read the cell if it surprises you.",
    ),
    "builtins_changed": FlagKind(
        Severity.NOTE,
        "Changed functions of the language",
        "A cell has replaced functions of the language, for its own code alone: the score is right.",
        "Read the cell if it surprises you.",
    ),
    "helper_redefined": FlagKind(
        Severity.NOTE,
        "Changed helper of the lab",
        "A cell has changed what the lab defines. It was put back before the test: the score is right.",
        "Nothing has to be done, unless the answer needs its own version.",
    ),
    "sandbox_note": FlagKind(
        Severity.NOTE,
        "A cell ended the process",
        "Python was ended by a signal while a cell ran, as a crash does. The cells after it were graded.",
        "Nothing has to be done: the score is right.",
    ),
}
"""By name."""
