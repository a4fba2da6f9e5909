"""What the editor of a lab's hints takes and shows: to staff alone, since hints tell of the solution."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec

from darsgah.enrolments.schemas import AssignmentView, CohortView

LEVELS: Final = ("where", "question", "concept", "example")
"""The levels that somebody writes words for, in their order, as ``hints.toml`` calls them."""
LONGEST: Final = 4000
"""Characters of the words of one level in one language, as in ``hints.toml``."""


class LevelWords(msgspec.Struct, frozen=True):
    """What is said at one level, with places such as ``{line}``; Markdown."""

    en: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    ur: Annotated[str, msgspec.Meta(max_length=LONGEST)]


class HintWords(msgspec.Struct, frozen=True):
    """What is said to who has a misconception, by level; without an example the construct's is shown."""

    where: LevelWords
    question: LevelWords
    concept: LevelWords
    example: LevelWords | None = None


class WordsChange(msgspec.Struct, frozen=True):
    """Other words for a misconception.

    Attributes:
        version: that the change began from: 0 for the author's words where nobody has changed them.
        words: None goes back to the author's.
    """

    version: int
    words: HintWords | None


class MisconceptionFigures(msgspec.Struct, frozen=True):
    """How hints about a misconception fared in a hub's courses on the lab.

    Attributes:
        seen: answers about which a hint was asked for, of any level, and in which the tutor saw it.
        told: hints above level 0 that were not held back.
        helpful, unhelpful: what learners judged of those told.
    """

    seen: int = 0
    told: int = 0
    helpful: int = 0
    unhelpful: int = 0


class EntryLine(msgspec.Struct, frozen=True):
    """A misconception of a lab.

    Attributes:
        name: as the bank calls it.
        belief: what learners who have it believe, in English, as its author put it.
        own: of the lab's own bank; else of the general one.
        answers: grade_ids of the questions that it is about; none for all.
        version: how often its words were changed here.
        edited: the words are not the author's.
    """

    name: str
    belief: str
    own: bool
    answers: tuple[str, ...]
    figures: MisconceptionFigures
    version: int
    edited: bool


class VersionView(msgspec.Struct, frozen=True):
    """One change of the words.

    Attributes:
        lab_version: number of the lab's version that it was written beside.
        words: None where it went back to the author's.
    """

    version: int
    by: str
    at: datetime
    lab_version: int
    words: HintWords | None


class EntryView(msgspec.Struct, frozen=True):
    """A misconception with its words.

    Attributes:
        words: what learners are told now.
        authored: what the bank says.
        history: newest first.
        levels: the figures by level, 1 to 4.
    """

    line: EntryLine
    words: HintWords
    authored: HintWords
    history: tuple[VersionView, ...]
    levels: Mapping[int, MisconceptionFigures]


class LabBank(msgspec.Struct, frozen=True):
    """The misconceptions of a lab: its own, in its authors' order; general ones, the most frequent first."""

    assignment: AssignmentView
    cohort: CohortView
    entries: tuple[EntryLine, ...]


class BankEntry(msgspec.Struct, frozen=True):
    """One misconception of a lab, and where."""

    assignment: AssignmentView
    cohort: CohortView
    entry: EntryView
