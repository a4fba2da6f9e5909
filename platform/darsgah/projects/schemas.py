"""What people send to the projects slice, and what they are shown of it."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from darsgah.briefs.content import MOST_STEP_HOURS
from darsgah.briefs.lifecycle import Stage
from darsgah.projects.room import Part
from darsgah.ui.plain_text import LINE, NAME, TEXT

LONGEST_AGREEMENT: Final = 30_000
LONGEST_MESSAGE: Final = 8_000
LONGEST_NOTE: Final = 4_000
MOST_FILES: Final = 10
MOST_SUBMISSIONS: Final = 50
"""Files and links in one submission."""
MOST_MILESTONES: Final = 24

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NAME)]
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE, pattern=TEXT)]
Line = Annotated[str, msgspec.Meta(max_length=500, pattern=LINE)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class ProjectView(msgspec.Struct, frozen=True):
    """A project in a list; ``part`` is what the reader is in it."""

    id: UUID
    title: str
    title_ur: str
    stage: Stage
    team: str
    part: Part
    hub_id: UUID
    starts_on: date
    ends_on: date


class ProjectPage(msgspec.Struct, frozen=True):
    """Some projects, newest first; ``next_after`` goes on among those that the reader coordinates."""

    own: tuple[ProjectView, ...]
    coordinated: tuple[ProjectView, ...]
    next_after: UUID | None


class Person(msgspec.Struct, frozen=True):
    """Somebody in a room."""

    account_id: UUID
    name: str
    part: Part


class Signature(msgspec.Struct, frozen=True):
    """Whose acceptance an agreement needs, and when it was given; of the hub any one coordinator's does."""

    part: Part
    name: str
    account_id: UUID | None
    accepted_at: datetime | None


class AgreementView(msgspec.Struct, frozen=True):
    """A project's agreement as it is to be accepted, or as everybody accepted it.

    Attributes:
        number: the version of the hub's text; 0 is the one that comes with Darsgah.
        sha256: names these very words, in both languages; sent back to accept them.
        earlier: acceptances of words that have changed since.
    """

    number: int
    body: str
    body_ur: str
    sha256: str
    signatures: tuple[Signature, ...]
    earlier: tuple[Signature, ...]
    signed_at: datetime | None
    mine: bool
    may_accept: bool


class Acceptance(msgspec.Struct, frozen=True):
    """Accepts the agreement with these words."""

    sha256: Sha256


class AgreementTextView(msgspec.Struct, frozen=True):
    """A version of a hub's agreement; number 0 is the one that comes with Darsgah."""

    number: int
    body: str
    body_ur: str
    by: str
    made_at: datetime | None


class HubAgreement(msgspec.Struct, frozen=True):
    """A hub's agreement as it is used now, and its earlier versions, newest first."""

    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    current: AgreementTextView
    earlier: tuple[AgreementTextView, ...]


class NewAgreementText(msgspec.Struct, frozen=True):
    """Another version of a hub's agreement, in Markdown; ``number`` is the version it follows."""

    body: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_AGREEMENT, pattern=TEXT)]
    body_ur: Annotated[str, msgspec.Meta(max_length=LONGEST_AGREEMENT, pattern=TEXT)] = ""
    number: int = 0


class DeliverableView(msgspec.Struct, frozen=True):
    """A file or a link that was handed in; ``url`` is None for a file."""

    id: UUID
    name: str
    url: str | None
    sha256: str | None
    size: int


class MilestoneWorkView(msgspec.Struct, frozen=True):
    """What was handed in for a milestone, as one of its versions; ``decision`` is None while it waits."""

    id: UUID
    number: int
    note: str
    by: str
    submitted_at: datetime
    deliverables: tuple[DeliverableView, ...]
    decision: str | None
    decided_by: str
    decided_at: datetime | None
    decision_note: str


class MilestoneView(msgspec.Struct, frozen=True):
    """A milestone; ``state`` is open, submitted, accepted or changes_asked. ``due_at`` ends its last day."""

    id: UUID
    position: int
    title: str
    hours: int
    due_on: date
    due_at: datetime
    state: str
    version: int
    submissions: int


class MilestonePage(msgspec.Struct, frozen=True):
    """A milestone with everything handed in for it, newest first."""

    milestone: MilestoneView
    submissions: tuple[MilestoneWorkView, ...]
    may_submit: bool
    may_decide: bool
    may_change: bool


class MilestoneChange(msgspec.Struct, frozen=True):
    """A milestone's words and date; ``version`` is the one that was read, and is left out for a new one."""

    title: Title
    due_on: date
    hours: Annotated[int, msgspec.Meta(ge=0, le=MOST_STEP_HOURS)] = 0
    version: int = 0


class Decision(msgspec.Struct, frozen=True):
    """What the mentor says to submission ``number``; to ask for changes, ``note`` says which."""

    number: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    accepted: bool
    note: Note = ""


class ProjectMove(msgspec.Struct, frozen=True):
    """A move of the project's stage; ``version`` is the project's that was read."""

    move: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=LINE)]
    version: int
    reason: Annotated[str, msgspec.Meta(max_length=2000, pattern=TEXT)] = ""


class TakingOut(msgspec.Struct, frozen=True):
    """Whom a coordinator takes out of a project's team, and why: everybody in its room reads that."""

    account_id: UUID
    reason: Annotated[str, msgspec.Meta(max_length=2000, pattern=TEXT)]


class MessageView(msgspec.Struct, frozen=True):
    """A message; ``body`` is Markdown, ``part`` what its author was in the project then."""

    id: UUID
    author: str
    part: Part
    mine: bool
    body: str
    sent_at: datetime


class MessagePage(msgspec.Struct, frozen=True):
    """Some messages, newest first; ``next_before`` goes on to older ones."""

    messages: tuple[MessageView, ...]
    next_before: UUID | None
    may_write: bool


class NewMessage(msgspec.Struct, frozen=True):
    """A message to everybody in the room, in Markdown."""

    body: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_MESSAGE, pattern=TEXT)]


class OpenMove(msgspec.Struct, frozen=True):
    """A move that the reader may make now."""

    name: str
    reason_needed: bool


class GpuState(msgspec.Struct, frozen=True):
    """A project's GPU hours, in seconds of one GPU; ``running`` counts leases at work."""

    quota_seconds: int
    used_seconds: float
    left_seconds: float
    running: int


class RoomView(msgspec.Struct, frozen=True):
    """A project's room as its reader may see it; what is in it is empty until everybody has accepted.

    Attributes:
        mentor: None where nobody stands as the mentor at present: then the hub decides.
        timezone: the hub's, an IANA name.
        unsigned: how many acceptances are missing.
        version: of the project, for the next move.
        may_take_out: the reader may take somebody out of the team.
    """

    project: ProjectView
    brief_id: UUID
    version: int
    hub_name: str
    hub_name_ur: str
    timezone: str
    people: tuple[Person, ...]
    mentor: Person | None
    signed_at: datetime | None
    accepted_by_me: bool
    unsigned: int
    milestones: tuple[MilestoneView, ...]
    gpu: GpuState
    moves: tuple[OpenMove, ...]
    resting: bool
    may_take_out: bool
