"""What people send about briefs, and what they are shown of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec

from darsgah.briefs.content import BriefContent
from darsgah.briefs.lifecycle import Stage

Score = Annotated[int, msgspec.Meta(ge=1, le=5)]
Reason = Annotated[str, msgspec.Meta(max_length=2000)]


class ApprovalKind(StrEnum):
    """The four approvals of a brief, each its own: two verifications, the review's, and the hub's."""

    ORGANISATION = "organisation"
    MENTOR = "mentor"
    BRIEF = "brief"
    HUB = "hub"


class NewBrief(msgspec.Struct, frozen=True):
    """A brief to begin in a hub, with whatever is written already."""

    hub_id: UUID
    content: BriefContent = BriefContent()


class MoveRequest(msgspec.Struct, frozen=True):
    """A move to make: its name, why, and the version of what its maker saw."""

    move: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Reason = ""
    version: int | None = None


class ReviewForm(msgspec.Struct, frozen=True):
    """What a coordinator thinks of a brief, from 1 (poor) to 5 (excellent)."""

    relevance: Score
    clarity: Score
    mentorship: Score
    note: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class ApprovalForm(msgspec.Struct, frozen=True):
    """An approval to give or to take back."""

    kind: Annotated[str, msgspec.Meta(pattern="^(brief|hub)$")]
    given: bool = True


class Threshold(msgspec.Struct, frozen=True):
    """What a hub asks of a review: ``mean`` of all scores, and that none is below ``least``."""

    mean: Annotated[float, msgspec.Meta(ge=1, le=5)] = 3.5
    least: Score = 3


class NamedMentor(msgspec.Struct, frozen=True):
    """Another mentor of the brief's organisation, who takes it over."""

    account_id: UUID
    version: int | None = None


class FindingView(msgspec.Struct, frozen=True):
    """One thing that the automatic check asks to mend, at a field of the content."""

    field: str
    code: str
    text: str


class ApprovalView(msgspec.Struct, frozen=True):
    """One of the four approvals; ``by`` is None where it is a verification, or none was given."""

    kind: ApprovalKind
    given: bool
    by: str | None
    at: datetime | None


class HistoryLine(msgspec.Struct, frozen=True):
    """One move of the past; ``by`` is None for what the platform did by itself."""

    name: str
    from_stage: Stage | None
    to_stage: Stage
    by: str | None
    at: datetime
    reason: str


class ReviewView(msgspec.Struct, frozen=True):
    """What one coordinator thought of a brief in one round."""

    reviewer: str
    relevance: int
    clarity: int
    mentorship: int
    note: str
    at: datetime


class Change(msgspec.Struct, frozen=True):
    """A field that is otherwise than in the round before."""

    field: str
    before: Any
    after: Any


class RoundView(msgspec.Struct, frozen=True):
    """A brief as it was handed in one time; the first round has no changes."""

    number: int
    submitted_by: str
    submitted_at: datetime
    findings: tuple[FindingView, ...]
    reviews: tuple[ReviewView, ...]
    changes: tuple[Change, ...]


class Rounds(msgspec.Struct, frozen=True):
    """All rounds of a brief, oldest first."""

    rounds: tuple[RoundView, ...]


class MoveView(msgspec.Struct, frozen=True):
    """A move that the reader may make now."""

    name: str
    target: Stage | None
    reason_needed: bool


class BriefHeading(msgspec.Struct, frozen=True):
    """A brief in a list of those who write or look after it."""

    id: UUID
    hub_id: UUID
    title: str
    title_ur: str
    organisation: str
    organisation_ur: str
    mentor: str
    stage: Stage
    round: int
    changed_at: datetime


class BriefHeadings(msgspec.Struct, frozen=True):
    """Some of them, newest first; ``next_after`` goes on, or is None at the end."""

    briefs: tuple[BriefHeading, ...]
    next_after: UUID | None


class GateView(msgspec.Struct, frozen=True):
    """A lab to have passed or a unit to hold, and how far the reader is.

    Attributes:
        share: of the lab's points that is asked for; it says nothing about a unit.
        reached: the reader's best so far, 1 for a unit that they hold; None where there is nothing.
        met: whether that is enough.
        link: the unit's page, or the lab in a course of the reader's; None where they have it in none.
    """

    lab_id: UUID | None
    unit_id: UUID | None
    title: str
    title_ur: str
    share: float
    reached: float | None
    met: bool
    link: str | None

    @property
    def subject_id(self) -> UUID:
        """The lab or the unit."""
        return cast("UUID", self.lab_id or self.unit_id)


class BriefView(msgspec.Struct, frozen=True):
    """A brief as its readers see it.

    Attributes:
        mentor_timezone: the IANA name of the zone that the mentor lives in.
        effective: whether teams can apply or be matched now: open, in time, and the organisation verified.
        gates: with what the reader has reached of each.
    """

    id: UUID
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    hub_timezone: str
    organisation_id: UUID | None
    organisation: str
    organisation_ur: str
    mentor: str
    mentor_timezone: str
    stage: Stage
    version: int
    round: int
    published_at: datetime | None
    changed_at: datetime
    effective: bool
    content: BriefContent
    gates: tuple[GateView, ...]


class BriefDesk(msgspec.Struct, frozen=True):
    """A brief as those see it who write it or look after it.

    Attributes:
        mine: the reader is its mentor.
        writable: the reader may change its text now.
        awaits_mentor: no mentor has accepted it yet.
        may_review: the reader may score it now, ``own_review`` being what they wrote in this round.
        meets_threshold: whether this round's scores allow an approval; None without scores.
        may_approve: the approvals that the reader may give or take back now.
        moves: what the reader may do now.
        sees_applicants: the reader may look at who applied.
    """

    brief: BriefView
    mine: bool
    writable: bool
    awaits_mentor: bool
    findings: tuple[FindingView, ...]
    approvals: tuple[ApprovalView, ...]
    history: tuple[HistoryLine, ...]
    threshold: Threshold
    may_review: bool
    own_review: ReviewForm | None
    meets_threshold: bool | None
    may_approve: tuple[ApprovalKind, ...]
    moves: tuple[MoveView, ...]
    projects: tuple["ProjectHeading", ...]
    successors: tuple["Successor", ...]
    sees_applicants: bool


class ProjectHeading(msgspec.Struct, frozen=True):
    """A project of a brief, in a list."""

    id: UUID
    brief_id: UUID
    team_id: UUID
    team: str
    stage: Stage
    starts_on: date
    ends_on: date


class Successor(msgspec.Struct, frozen=True):
    """Another mentor of the organisation, who may take the brief over."""

    account_id: UUID
    name: str


class NewInvitation(msgspec.Struct, frozen=True):
    """A link to make; a mentor who is named is told of it as well."""

    mentor_id: UUID | None = None


class MadeInvitation(msgspec.Struct, frozen=True):
    """A link with which a mentor accepts a coordinator's brief; it is in this answer and nowhere else."""

    link: str


class InvitedBrief(msgspec.Struct, frozen=True):
    """What somebody sees before they accept a brief that was written for them."""

    brief: BriefView
    may_accept: bool


class SavedBrief(msgspec.Struct, frozen=True):
    """A brief after a save: its new version, and what the check would find."""

    id: UUID
    version: int
    findings: tuple[FindingView, ...]


class FoundBrief(msgspec.Struct, frozen=True):
    """A brief as learners find it in a list."""

    id: UUID
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    organisation: str
    organisation_ur: str
    title: str
    title_ur: str
    summary: str
    skills: tuple[str, ...]
    place: str
    mode: str
    hours_week: int | None
    trl_in: int | None
    trl_target: int | None
    team_least: int | None
    team_most: int | None
    apply_until: date | None
    starts_on: date | None
    ends_on: date | None
    gates: tuple[GateView, ...]


class FoundBriefs(msgspec.Struct, frozen=True):
    """A page of what was found, newest first; ``next_after`` goes on, or is None at the end."""

    briefs: tuple[FoundBrief, ...]
    next_after: UUID | None


Level = Annotated[int, msgspec.Meta(ge=1, le=9)]
WeekHours = Annotated[int, msgspec.Meta(ge=1, le=60)]


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for; what is left empty does not matter.

    Attributes:
        words: all of which the brief has; ``"…"``, ``or`` and ``-`` mean what they do in search engines.
        trl: a level that the work passes through.
        hours: at most so many a week.
        remote: the work can be done from anywhere.
    """

    words: Annotated[str, msgspec.Meta(max_length=200)] = ""
    skill: Annotated[str, msgspec.Meta(max_length=60)] = ""
    hub_id: UUID | None = None
    remote: bool = False
    trl: Level | None = None
    hours: WeekHours | None = None
