"""What people send about meetings, and what they are shown of them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from darsgah.projects.schemas import Line, Title

MOST_TIMES: Final = 5
"""Times proposed at once."""
MOST_TIMES_IN_ALL: Final = 20
"""Times proposed for one meeting."""
Minutes = Annotated[int, msgspec.Meta(ge=5, le=480)]


class NewMeeting(msgspec.Struct, frozen=True):
    """A meeting with the times that are proposed for it, each with its offset from UTC.

    ``place`` is where it is, or an address of the web.
    """

    title: Title
    times: Annotated[tuple[datetime, ...], msgspec.Meta(min_length=1, max_length=MOST_TIMES)]
    minutes: Minutes = 30
    place: Line = ""


class MoreTimes(msgspec.Struct, frozen=True):
    """Other times for a meeting."""

    times: Annotated[tuple[datetime, ...], msgspec.Meta(min_length=1, max_length=MOST_TIMES)]


class Suiting(msgspec.Struct, frozen=True):
    """Which of a meeting's times suit the sender; the others do not."""

    times: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=MOST_TIMES_IN_ALL)] = ()


class Fixing(msgspec.Struct, frozen=True):
    """The time that a meeting has; ``version`` is the meeting's that was read."""

    time_id: UUID
    version: int


class Cancelling(msgspec.Struct, frozen=True):
    """Cancels a meeting; ``version`` is the one that was read."""

    version: int


class TimeView(msgspec.Struct, frozen=True):
    """A proposed time with whom it suits; ``mine`` is None where the reader has not said."""

    id: UUID
    starts_at: datetime
    suits: tuple[str, ...]
    not_suits: tuple[str, ...]
    mine: bool | None


class MeetingView(msgspec.Struct, frozen=True):
    """A meeting; ``state`` is proposed, fixed or cancelled. ``link`` is its place if that is an address."""

    id: UUID
    title: str
    place: str
    link: str | None
    minutes: int
    state: str
    starts_at: datetime | None
    version: int
    sequence: int
    proposed_by: str
    times: tuple[TimeView, ...]
    may_fix: bool


class MeetingPage(msgspec.Struct, frozen=True):
    """A project's meetings, newest first, and the zones that their times are told in: IANA names."""

    meetings: tuple[MeetingView, ...]
    next_before: UUID | None
    hub_zone: str
    mentor_zone: str
    own_zone: str
    may_propose: bool
