"""What the tutoring slice takes and shows."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
LevelNumber = Annotated[int, msgspec.Meta(ge=0, le=4)]
Line = Annotated[str, msgspec.Meta(max_length=1000)]

LONGEST_SOURCE: Final = 100_000
"""Characters of an answer that a hint may be asked about."""
DAILY_HINTS: Final = 30
"""Hints a learner may ask for on one day where a cohort's staff set no other number."""
SHORTEST_REFLECTION: Final = 10
"""Characters of a line of reflection that opens the next level."""


class HintRequest(msgspec.Struct, frozen=True):
    """What a learner is stuck with: a cell of a notebook as it stands.

    Attributes:
        cell_id: the cell's id in the notebook, or its grade_id; the question it belongs to is meant.
        error: what it said when it ran, as the learner's page saw it.
        level: 0 what was seen, 1 where, 2 a question, 3 the idea, 4 another example; None asks for the next.
        reflection: what the learner has tried or thinks: opens the next level where the answer is unchanged.
    """

    notebook: Name
    cell_id: Name
    source: Annotated[str, msgspec.Meta(max_length=LONGEST_SOURCE)]
    error: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    level: LevelNumber | None = None
    reflection: Line = ""


class HintState(StrEnum):
    """Where a hint stands."""

    WAITING = "waiting"
    GIVEN = "given"
    FAILED = "failed"


class HintView(msgspec.Struct, frozen=True):
    """A hint as its learner sees it.

    Attributes:
        text: Markdown in the page's language: the hint, or why none could be made; while it waits as much of
            it as there is, which the finished text replaces.
        lines: of the answer cell, from 1, the likeliest first; none at level 0 and where the tutor is unsure.
        withheld: the tutor was not sure enough for this level, so the hint says only what the tests saw.
        correct: every test passes.
        helpful: the learner's own judgement.
        waiting_before: how many hints will be made before it, up to 1,000; None once it is made.
    """

    id: UUID
    assignment_id: UUID
    notebook: str
    cell_id: str
    question: str
    level: int
    state: HintState
    text: str
    lines: tuple[int, ...]
    withheld: bool
    correct: bool
    helpful: bool | None
    source: str
    reflection: str
    asked_at: datetime
    waiting_before: int | None = None


class HintAnswer(msgspec.Struct, frozen=True):
    """What became of asking for a hint.

    Attributes:
        available: a hint was asked for, or one that still waits is meant.
        reason: why there is none, in the learner's words.
        reflect: there would be a next level after a changed answer or a line of reflection.
        left: how many hints may still be asked for today, of ``daily``.
    """

    available: bool
    reason: str
    reflect: bool = False
    hint: HintView | None = None
    left: int = 0
    daily: int = 0


class HintPage(msgspec.Struct, frozen=True):
    """A learner's hints, newest first; ``next_after`` goes on, or is None at the end."""

    hints: tuple[HintView, ...]
    next_after: UUID | None


class Rating(msgspec.Struct, frozen=True):
    """Whether a hint helped."""

    helpful: bool


class NewMessage(msgspec.Struct, frozen=True):
    """What somebody writes about a hint."""

    body: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class CohortTutoring(msgspec.Struct, frozen=True):
    """What a cohort's staff set for the tutor in all of its labs.

    Attributes:
        exam: the exam switch: no hints, and no earlier ones to read, until it is off again.
        transcripts: staff may read what learners asked and were told.
    """

    hints: bool = True
    exam: bool = False
    transcripts: bool = False
    daily_hints: Annotated[int, msgspec.Meta(ge=0, le=1000)] = DAILY_HINTS


class AssignmentTutoring(msgspec.Struct, frozen=True):
    """What a cohort's staff set for the tutor in one lab.

    Attributes:
        threshold: least confidence with which a hint is given; None leaves it to the tutor.
    """

    hints: bool = True
    exam: bool = False
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class HintFigures(msgspec.Struct, frozen=True):
    """How the hints of a lab fared that were to say more than what the tests saw.

    Attributes:
        asked: how many there were.
        told: those that the tutor was sure enough of: told of asked is the coverage.
        judged, helpful: those that their learners judged, and liked: what learners make of its precision.
    """

    asked: int = 0
    told: int = 0
    judged: int = 0
    helpful: int = 0


class MisconceptionCount(msgspec.Struct, frozen=True):
    """In how many learners the tutor saw a misconception in a question's answer."""

    question: str
    misconception: str
    learners: int


class HintTicket(msgspec.Struct, frozen=True):
    """What a worker needs to make a hint; ``language`` is the one that its learner reads."""

    id: UUID
    hub_id: UUID
    language: str
    account_id: UUID
    assignment_id: UUID
    notebook: str
    cell_id: str
    question: str
    level: int
    no_ai: bool
    source: str
    words: str
    threshold: float | None


class MadeHint(msgspec.Struct, frozen=True):
    """What a worker made: as ``darsgah_tutor.types.Hint``, with nothing of the evidence but its end."""

    text: dict[str, str]
    lines: tuple[int, ...] = ()
    correct: bool = False
    withheld: bool = False
    reasons: tuple[str, ...] = ()
    misconception: str | None = None
    confidence: float | None = None
    model: str = ""
    seconds: dict[str, float] = {}
