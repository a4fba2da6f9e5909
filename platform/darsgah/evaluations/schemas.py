"""What people send to the evaluations slice, and what they are shown of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.schemas import HistoryLine
from darsgah.hubs.schemas import HubView
from darsgah.ui.plain_text import LINE, NAME, TEXT, WEB_ADDRESS

MOST_CRITERIA: Final = 6
MOST_LINKS: Final = 5
LEAST_LEVEL, MOST_LEVEL = 3, 6
"""The technology readiness levels that projects of hubs move between."""

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=NAME)]
MaybeLine = Annotated[str, msgspec.Meta(max_length=300, pattern=LINE)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=TEXT)]
Note = Annotated[str, msgspec.Meta(max_length=4000, pattern=TEXT)]
Link = Annotated[str, msgspec.Meta(max_length=500, pattern=WEB_ADDRESS)]
Mark = Annotated[int, msgspec.Meta(ge=1, le=5)]
Version = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class Side(StrEnum):
    """Whose evaluation: the mentor's of the work, or the team's of the mentorship."""

    MENTOR = "mentor"
    TEAM = "team"


class Criterion(msgspec.Struct, frozen=True):
    """What is marked from 1 to 5; ``meaning`` says what a 5 looks like."""

    name: Line
    name_ur: MaybeLine = ""
    meaning: MaybeLine = ""
    meaning_ur: MaybeLine = ""


class NewEvaluation(msgspec.Struct, frozen=True):
    """One's marks, in the order of the criteria of one's side, and words beside them."""

    marks: Annotated[list[Mark], msgspec.Meta(min_length=1, max_length=MOST_CRITERIA)]
    comment: Note = ""


class NewClaim(msgspec.Struct, frozen=True):
    """A level that the team says it has reached; at least one link shows it."""

    level: Annotated[int, msgspec.Meta(ge=LEAST_LEVEL, le=MOST_LEVEL)]
    statement: Text
    links: Annotated[list[Link], msgspec.Meta(min_length=1, max_length=MOST_LINKS)]


class ClaimDecision(msgspec.Struct, frozen=True):
    """What an instructor says to a claim; a refusal says why."""

    confirmed: bool
    note: Note = ""


class Confirmation(msgspec.Struct, frozen=True):
    """Confirms the evaluation; ``version`` is the project's that was read."""

    version: Version
    note: Note = ""


class Ending(msgspec.Struct, frozen=True):
    """Ends an evaluated project: with credentials for its team, or without any for a reason."""

    version: Version
    award: bool
    reason: Note = ""


class NewRubric(msgspec.Struct, frozen=True):
    """Another version of a hub's rubric; ``number`` is the one it follows, 0 what comes with Darsgah."""

    criteria: Annotated[list[Criterion], msgspec.Meta(min_length=1, max_length=MOST_CRITERIA)]
    number: Version = 0


class RubricView(msgspec.Struct, frozen=True):
    """What a side marks in a hub's projects that are evaluated from now on."""

    hub: HubView
    side: Side
    number: int
    criteria: tuple[Criterion, ...]


class EvaluationView(msgspec.Struct, frozen=True):
    """What one person gave; ``mean`` of their marks.

    Of several evaluations of the work one ``counts``, once that is settled; all of the team's do.
    """

    by: str
    side: Side
    marks: tuple[int, ...]
    mean: float
    comment: str
    submitted_at: datetime
    counts: bool


class ClaimView(msgspec.Struct, frozen=True):
    """A claim of readiness; ``confirmed`` is None while it waits."""

    id: UUID
    level: int
    statement: str
    links: tuple[str, ...]
    by: str
    at: datetime
    confirmed: bool | None
    decided_by: str
    decided_at: datetime | None
    note: str


class RoundView(msgspec.Struct, frozen=True):
    """The evaluation of the final result as its reader may see it.

    Attributes:
        side: on which the reader evaluates; None for who does not.
        own: what the reader gave.
        open: whether both sides may see all of it.
        given: how many of ``asked`` have evaluated, by side.
        evaluations: all of them once it is open; before, only the hub sees who is missing.
    """

    opened_at: datetime
    due_at: datetime
    side: Side | None
    criteria: dict[Side, tuple[Criterion, ...]]
    own: EvaluationView | None
    open: bool
    given: dict[Side, int]
    asked: dict[Side, int]
    evaluations: tuple[EvaluationView, ...]
    confirmed_by: str
    confirmed_at: datetime | None
    note: str
    trl: int | None


class ProjectEvaluation(msgspec.Struct, frozen=True):
    """How a project ends; ``round`` is None until the final result was submitted."""

    project_id: UUID
    title: str
    title_ur: str
    stage: Stage
    version: int
    timezone: str
    team: str
    round: RoundView | None
    claims: tuple[ClaimView, ...]
    may_evaluate: bool
    may_claim: bool
    may_decide: bool
    may_confirm: bool
    may_end: bool


class DisputeCard(msgspec.Struct, frozen=True):
    """A project in dispute, in a list."""

    project_id: UUID
    title: str
    title_ur: str
    team: str
    hub_id: UUID
    since: datetime
    reason: str


class Disputes(msgspec.Struct, frozen=True):
    """The disputes of the reader's hubs, newest first; ``next_after`` goes on, or is None at the end."""

    disputes: tuple[DisputeCard, ...]
    next_after: UUID | None


class DisputeView(msgspec.Struct, frozen=True):
    """What a dispute is about: the project's history, and what either side has evaluated, seen or not."""

    card: DisputeCard
    version: int
    timezone: str
    history: tuple[HistoryLine, ...]
    evaluations: tuple[EvaluationView, ...]
    claims: tuple[ClaimView, ...]
    may_settle: bool


class Outcome(msgspec.Struct, frozen=True):
    """What the hub decides: the project goes on where it was, or is cancelled; everybody reads why."""

    version: Version
    goes_on: bool
    reason: Text
