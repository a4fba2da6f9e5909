"""What people send to the hackathons slice, what they are shown, and where a hackathon stands."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.hubs.schemas import HubView
from darsgah.ui.plain_text import LINE, NAME, TEXT, WEB_ADDRESS

MOST_TRACKS = 6
MOST_CRITERIA = 6
MOST_LINKS = 5

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=NAME)]
MaybeLine = Annotated[str, msgspec.Meta(max_length=120, pattern=LINE)]
Text = Annotated[str, msgspec.Meta(max_length=20_000, pattern=TEXT)]
Short = Annotated[str, msgspec.Meta(max_length=4000, pattern=TEXT)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=TEXT)]
Link = Annotated[str, msgspec.Meta(max_length=500, pattern=WEB_ADDRESS)]
Version = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Mark = Annotated[int, msgspec.Meta(ge=1, le=5)]
Address = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class Phase(StrEnum):
    """Where a hackathon stands, by the server's clock. Signing up may go on while it runs."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    RUNNING = "running"
    JUDGING = "judging"
    RESULTS = "results"
    CANCELLED = "cancelled"


class Criterion(msgspec.Struct, frozen=True):
    """What judges mark from 1 to 5; an entry's score is the mean of its marks by weight."""

    name: Line
    name_ur: MaybeLine = ""
    weight: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1


class TrackPlan(msgspec.Struct, frozen=True):
    """A track to compete in."""

    name: Line
    name_ur: MaybeLine = ""


class HackathonPlan(msgspec.Struct, frozen=True):
    """A hackathon as its organisers set it up. Moments carry a zone; ``about`` and ``rules`` are Markdown.

    Attributes:
        hub_id: the hub that holds it; None for the whole network.
        judges_each: by how many judges each entry is to be seen.
    """

    name: Line
    about: Text
    rules: Text
    sign_up_until: datetime
    starts_at: datetime
    ends_at: datetime
    tracks: Annotated[list[TrackPlan], msgspec.Meta(min_length=1, max_length=MOST_TRACKS)]
    criteria: Annotated[list[Criterion], msgspec.Meta(min_length=1, max_length=MOST_CRITERIA)]
    name_ur: MaybeLine = ""
    hub_id: UUID | None = None
    team_least: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    team_most: Annotated[int, msgspec.Meta(ge=1, le=12)] = 5
    judges_each: Annotated[int, msgspec.Meta(ge=1, le=9)] = 3


class HackathonChange(HackathonPlan, frozen=True, kw_only=True):
    """The whole of it again; ``version`` is the one that was seen.

    Once published, hub, tracks, criteria and team sizes stay, and the deadline only moves back.
    """

    version: Version


class Cancellation(msgspec.Struct, frozen=True):
    """Why a hackathon does not take place, or an entry is left out; those concerned are told."""

    reason: Reason


class SignUp(msgspec.Struct, frozen=True):
    """A team takes part in a track, and its rules are accepted for it."""

    team_id: UUID
    track_id: UUID
    accept_rules: bool = False


class EntryChange(msgspec.Struct, frozen=True):
    """What a team hands in; ``version`` is the one that was seen. ``summary`` is Markdown."""

    version: Version
    title: MaybeLine = ""
    summary: Text = ""
    links: Annotated[list[Link], msgspec.Meta(max_length=MOST_LINKS)] = []


class JudgeRequest(msgspec.Struct, frozen=True):
    """Somebody to ask as a judge of a track, by the address of their account."""

    email: Address
    track_id: UUID


class JudgeAnswer(msgspec.Struct, frozen=True):
    """Whether one judges."""

    accept: bool


class Marks(msgspec.Struct, frozen=True):
    """A judge's marks, one for each criterion in its order."""

    marks: Annotated[list[Mark], msgspec.Meta(min_length=1, max_length=MOST_CRITERIA)]
    note: Short = ""


class ConflictDeclared(msgspec.Struct, frozen=True):
    """Why a judge should not judge an entry."""

    reason: Reason


class TrackView(msgspec.Struct, frozen=True):
    """A track, and how many teams are in it."""

    id: UUID
    name: str
    name_ur: str
    entries: int


class PlaceView(msgspec.Struct, frozen=True):
    """One line of the results. ``score`` has the judges' leanings taken out, ``mean`` has not."""

    entry_id: UUID
    place: int
    team: str
    members: tuple[str, ...]
    title: str
    score: float
    mean: float
    judges: int


class EntryResult(msgspec.Struct, frozen=True):
    """An entry with its place, as anybody reads it once results are out; ``summary`` is Markdown."""

    hackathon_id: UUID
    hackathon: str
    hackathon_ur: str
    track: TrackView
    place: PlaceView
    summary: str
    links: tuple[str, ...]


class TrackResults(msgspec.Struct, frozen=True):
    """A track's results by place."""

    track: TrackView
    places: tuple[PlaceView, ...]


class HackathonView(msgspec.Struct, frozen=True):
    """A hackathon as anybody sees it once it is published.

    Attributes:
        now: the server's clock when this was made, which the deadline goes by.
        organises: whether the reader may change it.
        judges: whether the reader judges in it, or is asked to.
    """

    id: UUID
    hub: HubView | None
    name: str
    name_ur: str
    about: str
    rules: str
    phase: Phase
    now: datetime
    sign_up_until: datetime
    starts_at: datetime
    ends_at: datetime
    team_least: int
    team_most: int
    judges_each: int
    tracks: tuple[TrackView, ...]
    criteria: tuple[Criterion, ...]
    cancelled_reason: str
    results_at: datetime | None
    results: tuple[TrackResults, ...]
    version: int
    organises: bool
    judges: bool

    @property
    def takes_teams(self) -> bool:
        """Whether a team may sign up at present."""
        return self.phase in {Phase.ANNOUNCED, Phase.RUNNING} and self.now < self.sign_up_until


class HackathonCard(msgspec.Struct, frozen=True):
    """A hackathon in a list."""

    id: UUID
    hub: HubView | None
    name: str
    name_ur: str
    phase: Phase
    sign_up_until: datetime
    starts_at: datetime
    ends_at: datetime
    teams: int


class HackathonsPage(msgspec.Struct, frozen=True):
    """Hackathons, the latest first; ``next_after`` goes on, or is None at the end."""

    hackathons: tuple[HackathonCard, ...]
    next_after: UUID | None


class EntryView(msgspec.Struct, frozen=True):
    """An entry as its team and the organisers see it. ``judged`` counts judges who have given marks."""

    id: UUID
    track_id: UUID
    team_id: UUID
    team: str
    members: tuple[str, ...]
    title: str
    summary: str
    links: tuple[str, ...]
    accepted_by: str
    accepted_at: datetime
    submitted_at: datetime | None
    withdrawn_at: datetime | None
    excluded_reason: str
    version: int
    dealt: int
    judged: int


class JudgeView(msgspec.Struct, frozen=True):
    """A judge as the organisers see them; ``state`` is asked, accepted, declined or removed."""

    id: UUID
    track_id: UUID
    name: str
    state: str
    dealt: int
    judged: int


class Judgeship(msgspec.Struct, frozen=True):
    """A track that one is asked to judge, or judges."""

    id: UUID
    track: TrackView
    state: str


class JudgementView(msgspec.Struct, frozen=True):
    """An entry as a judge sees it, with the marks that they gave it."""

    id: UUID
    track_id: UUID
    team: str
    title: str
    summary: str
    links: tuple[str, ...]
    marks: tuple[int, ...] | None
    note: str
    scored_at: datetime | None
    conflict: str | None


class JudgingView(msgspec.Struct, frozen=True):
    """What somebody has to judge in a hackathon."""

    judgeships: tuple[Judgeship, ...]
    judgements: tuple[JudgementView, ...]


class OrganisingView(msgspec.Struct, frozen=True):
    """What organisers see beside the hackathon itself.

    ``lacking`` counts entries that have been seen by too few judges.
    """

    entries: tuple[EntryView, ...]
    judges: tuple[JudgeView, ...]
    lacking: int


class Dealt(msgspec.Struct, frozen=True):
    """What dealing did: ``added`` new pairs, and ``lacking`` entries that still have too few judges."""

    added: int
    lacking: int
