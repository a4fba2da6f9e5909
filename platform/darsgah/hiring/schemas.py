"""What learners and organisations send, and what each is shown of the other."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.credentials.cards import CredentialCard
from darsgah.ui.plain_text import LINE

Line = Annotated[str, msgspec.Meta(max_length=200, pattern=LINE)]
Skill = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=LINE)]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class HiringProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """A learner's profile as it shall be; ``version`` is the one that was read, 0 for the first.

    Attributes:
        about: Markdown.
        projects: ids of own projects that are shown.
    """

    version: int
    is_open: bool
    headline: Line = ""
    about: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    skills: Annotated[tuple[Skill, ...], msgspec.Meta(max_length=30)] = ()
    projects: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=50)] = ()


class ProjectLine(msgspec.Struct, frozen=True):
    """A project in a line; ``shown`` says whether organisations see it."""

    id: UUID
    title: str
    title_ur: str
    organisation: str
    stage: str
    starts_on: str
    ends_on: str
    shown: bool


class OwnProfile(msgspec.Struct, frozen=True):
    """A profile as its learner sees it: what organisations see, and what they could be shown."""

    is_open: bool
    headline: str
    about: str
    skills: tuple[str, ...]
    projects: tuple[ProjectLine, ...]
    credentials: tuple[CredentialCard, ...]
    version: int


class ProfileLine(msgspec.Struct, frozen=True):
    """An open profile in a list: no name, since opening it is what the learner is told of."""

    id: UUID
    headline: str
    skills: tuple[str, ...]


class ProfileList(msgspec.Struct, frozen=True):
    """Some open profiles; ``next_after`` begins the next part."""

    profiles: tuple[ProfileLine, ...]
    next_after: UUID | None


class HiringMessageView(msgspec.Struct, frozen=True):
    """A message; the author's name stands, an address never does."""

    author: str
    by_learner: bool
    body: str
    sent_at: datetime


class OpenProfile(msgspec.Struct, frozen=True):
    """An open profile as somebody who acts for a verified organisation sees it."""

    id: UUID
    name: str
    headline: str
    about: str
    skills: tuple[str, ...]
    projects: tuple[ProjectLine, ...]
    credentials: tuple[CredentialCard, ...]
    messages: tuple[HiringMessageView, ...]


class SeenBy(msgspec.Struct, frozen=True):
    """Who saw a profile, for which organisation, when."""

    id: UUID
    organisation_id: UUID
    organisation: str
    viewer: str
    at: datetime


class SeenList(msgspec.Struct, frozen=True):
    """Who saw a profile, newest first."""

    views: tuple[SeenBy, ...]
    next_after: UUID | None


class BarredOrganisation(msgspec.Struct, frozen=True):
    """An organisation that does not see the profile."""

    organisation_id: UUID
    organisation: str
    since: datetime


class BarChange(msgspec.Struct, frozen=True):
    """That a learner began to hide from an organisation (``barred``), or ended it."""

    organisation_id: UUID
    organisation: str
    barred: bool
    at: datetime


class BarredList(msgspec.Struct, frozen=True):
    """From whom a profile is hidden, and the last changes, newest first."""

    organisations: tuple[BarredOrganisation, ...]
    changes: tuple[BarChange, ...]


class NewBar(msgspec.Struct, frozen=True):
    """The organisation to hide from, by its name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=160, pattern=LINE)]


class Conversation(msgspec.Struct, frozen=True):
    """An organisation that wrote to a learner."""

    organisation_id: UUID
    organisation: str
    last_at: datetime


class ConversationView(msgspec.Struct, frozen=True):
    """What a learner and an organisation wrote to each other, in order."""

    organisation_id: UUID
    organisation: str
    messages: tuple[HiringMessageView, ...]


class NewHiringMessage(msgspec.Struct, frozen=True):
    """What is written."""

    body: Body
