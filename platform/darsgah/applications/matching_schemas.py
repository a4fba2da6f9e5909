"""What coordinators send about a matching, and what they are shown of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.applications.matching import Outcome
from darsgah.applications.schemas import HindranceView, Ids, State
from darsgah.briefs.content import Mode
from darsgah.hubs.schemas import HubView
from darsgah.teams.schemas import Address, TeamName


class Decision(StrEnum):
    """What a person makes of a pair: give the team the brief, take the pair out, or leave it to proposals."""

    FIX = "fix"
    BAR = "bar"
    FREE = "free"


class Propose(msgspec.Struct, frozen=True):
    """Which briefs to match; ``version`` is of the proposal that is to be made anew, None for a first one."""

    brief_ids: Ids
    version: int | None = None


class Edit(msgspec.Struct, frozen=True):
    """A decision about an application, and the version of the proposal that was seen."""

    application_id: UUID
    decision: Decision
    version: int


class Assignment(msgspec.Struct, frozen=True):
    """A team to put together for a brief: learners of the hub by their addresses."""

    brief_id: UUID
    name: TeamName
    emails: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=12)]
    version: int


class SeenVersion(msgspec.Struct, frozen=True):
    """The version of the proposal that is confirmed or discarded."""

    version: int


class Wish(msgspec.Struct, frozen=True):
    """How the proposal leaves a team with one of its applications.

    Attributes:
        place: in the team's order among the briefs of the proposal, 1 for what it wants most.
        ranked: the team's place among those whom the brief would take; None where it is none of them.
        of: how many those are.
        ranked_by_mentor: the mentor put it there; else it is the time of applying.
        decision: what a person said about it.
        refused: the mentor would not take the team.
        state: of the application now: it may have been withdrawn since the proposal.
        hindrances: what is missing now.
    """

    application_id: UUID
    brief_id: UUID
    title: str
    title_ur: str
    outcome: Outcome
    place: int
    ranked: int | None
    of: int
    ranked_by_mentor: bool
    decision: Decision | None
    refused: bool
    state: State
    hindrances: tuple[HindranceView, ...]


class TeamResult(msgspec.Struct, frozen=True):
    """A team in the proposal, with every application of it that the proposal is about, in its order.

    Attributes:
        brief_id: what it gets; None without a brief.
        also: others of its people who get a brief with another team as well, by name.
    """

    team_id: UUID
    team: str
    solo: bool
    members: tuple[str, ...]
    brief_id: UUID | None
    wishes: tuple[Wish, ...]
    also: tuple[str, ...]


class BriefResult(msgspec.Struct, frozen=True):
    """A brief in the proposal, and the teams that get it."""

    brief_id: UUID
    title: str
    title_ur: str
    mode: Mode
    capacity: int
    on_offer: bool
    teams: tuple[TeamResult, ...]


class Candidate(msgspec.Struct, frozen=True):
    """A brief of the hub that can be matched; ``in_time`` says that applications may still come in."""

    brief_id: UUID
    title: str
    title_ur: str
    mode: Mode
    capacity: int
    apply_until: date | None
    in_time: bool
    applications: int
    chosen: bool


class Proposal(msgspec.Struct, frozen=True):
    """A proposal as it stands.

    Attributes:
        unstable: there is a team and a brief that would both rather have each other.
    """

    id: UUID
    version: int
    made_by: str
    made_at: datetime
    briefs: tuple[BriefResult, ...]
    without: tuple[TeamResult, ...]
    unstable: bool


class PastMatching(msgspec.Struct, frozen=True):
    """A matching that was confirmed or discarded."""

    id: UUID
    state: str
    teams: int
    ended_by: str
    ended_at: datetime


class MatchingDesk(msgspec.Struct, frozen=True):
    """What a coordinator works with in one hub.

    Attributes:
        proposal: None as long as nobody has made one.
        most: how many open applications one person may have; ``may_set_most`` says who may change it.
        past: the ten that ended last.
    """

    hub: HubView
    candidates: tuple[Candidate, ...]
    proposal: Proposal | None
    most: int
    may_set_most: bool
    past: tuple[PastMatching, ...]


class ConfirmedPair(msgspec.Struct, frozen=True):
    """A project that began."""

    brief_id: UUID
    team_id: UUID
    project_id: UUID


class Confirmed(msgspec.Struct, frozen=True):
    """What came of a confirmed proposal."""

    matching_id: UUID
    projects: tuple[ConfirmedPair, ...]
