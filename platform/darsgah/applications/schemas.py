"""What people send about applications, and what they are shown of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.briefs.content import GateRule, Mode

MOST_AT_ONCE = 3
"""How many open applications one person has at most, where the hub says nothing else."""

Statement = Annotated[str, msgspec.Meta(max_length=4000, pattern=r"\A[^\x00]*\Z")]
Ids = Annotated[tuple[UUID, ...], msgspec.Meta(max_length=500)]


class State(StrEnum):
    """Where an application stands (docs/applications.md)."""

    DRAFT = "draft"
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


LIVE = frozenset({State.DRAFT, State.OPEN})
"""States in which something can still come of it."""


class NewApplication(msgspec.Struct, frozen=True):
    """An application to begin; without ``team_id`` one applies alone. ``send`` sends it at once."""

    team_id: UUID | None = None
    statement: Statement = ""
    send: bool = False


class StatementChange(msgspec.Struct, frozen=True):
    """Another statement for a draft, and the version of what its writer saw."""

    statement: Statement
    version: int


class Act(msgspec.Struct, frozen=True):
    """The version of what somebody saw who sends or withdraws an application."""

    version: int


class TeamOrder(msgspec.Struct, frozen=True):
    """All live applications of a team, the most wanted first."""

    application_ids: Ids


class Ranking(msgspec.Struct, frozen=True):
    """A mentor's order of applicants, the best first, and those whom they would not take.

    Open applications in neither come after the ranked ones, by the time of applying.
    """

    ranked: Ids
    refused: Ids = ()


class Cap(msgspec.Struct, frozen=True):
    """How many open applications a hub lets one person have."""

    most: Annotated[int, msgspec.Meta(ge=1, le=50)]


class HindranceView(msgspec.Struct, frozen=True):
    """Something that is missing, in words; ``link`` is the lab that mends it, where the reader has it."""

    code: str
    text: str
    link: str | None


class ApplyOption(msgspec.Struct, frozen=True):
    """A team of the reader's, or the reader alone (``team_id`` None), and what is in the way.

    Attributes:
        application_id: of its live application to the brief; None where there is none.
    """

    team_id: UUID | None
    name: str
    members: tuple[str, ...]
    hindrances: tuple[HindranceView, ...]
    application_id: UUID | None


class ApplyView(msgspec.Struct, frozen=True):
    """How the reader could come to a brief.

    Attributes:
        gated: it asks for labs or units to have first, by whom says ``gate_rule``.
        closed: why nobody can apply now, in words; empty where one can.
    """

    brief_id: UUID
    title: str
    title_ur: str
    mode: Mode
    team_least: int
    team_most: int
    gated: bool
    gate_rule: GateRule
    apply_until: date | None
    closed: str
    options: tuple[ApplyOption, ...]


class ChangeView(msgspec.Struct, frozen=True):
    """A line of an application's history; ``by`` is None for what followed by itself."""

    state: State
    by: str | None
    at: datetime


class ApplicationView(msgspec.Struct, frozen=True):
    """An application as its team sees it.

    Attributes:
        place: in the team's own order, 1 for what they want most.
        assigned: the hub put the team there.
        hindrances: what is missing now, as long as it is live.
    """

    id: UUID
    brief_id: UUID
    title: str
    title_ur: str
    team_id: UUID
    team: str
    solo: bool
    members: tuple[str, ...]
    state: State
    statement: str
    place: int
    assigned: bool
    version: int
    apply_until: date | None
    created_at: datetime
    opened_at: datetime | None
    hindrances: tuple[HindranceView, ...]
    history: tuple[ChangeView, ...]


class TeamApplications(msgspec.Struct, frozen=True):
    """The live applications of one team, in its order."""

    team_id: UUID
    team: str
    solo: bool
    applications: tuple[ApplicationView, ...]


class OwnApplications(msgspec.Struct, frozen=True):
    """What one's teams apply to, and what came of the earlier ones, newest first, 50 at a time."""

    live: tuple[TeamApplications, ...]
    past: tuple[ApplicationView, ...]
    next_after: UUID | None


class ApplicantGate(msgspec.Struct, frozen=True):
    """How many of a team have passed a lab, or hold a unit."""

    title: str
    title_ur: str
    passed: int
    of: int


class Applicant(msgspec.Struct, frozen=True):
    """A team as the mentor sees it: names, statement and gates, and nothing else of the people.

    Attributes:
        eligible: everything that the brief asks for is there now.
        place: where the mentor put it; None as long as they have not said.
    """

    application_id: UUID
    team: str
    solo: bool
    members: tuple[str, ...]
    statement: str
    opened_at: datetime
    gates: tuple[ApplicantGate, ...]
    eligible: bool
    place: int | None
    refused: bool
    assigned: bool


class Applicants(msgspec.Struct, frozen=True):
    """Who applies to a brief: ranked ones first, then by the time of applying, then the refused."""

    brief_id: UUID
    title: str
    title_ur: str
    mode: Mode
    capacity: int
    may_rank: bool
    applicants: tuple[Applicant, ...]
