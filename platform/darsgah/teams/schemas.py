"""What people send to the teams slice, and what they are shown of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.ui.plain_text import NAME

MOST_MEMBERS = 12
"""How many a team has at most; a brief or a hackathon may want fewer."""
MOST_TEAMS = 20
"""In how many teams one person is at once."""
MOST_INVITATIONS = 20
"""How many invitations of one team may wait for an answer."""

TeamName = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=NAME)]
Address = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class Purpose(StrEnum):
    """What a team is for."""

    BRIEF = "brief"
    HACKATHON = "hackathon"


class NewTeam(msgspec.Struct, frozen=True):
    """A team to found; ``hub_id`` is one of the founder's hubs, and may be left out by who learns in one."""

    name: TeamName
    hub_id: UUID | None = None
    purpose: Purpose = Purpose.BRIEF


class TeamRename(msgspec.Struct, frozen=True):
    """Another name for a team."""

    name: TeamName


class NewInvitation(msgspec.Struct, frozen=True):
    """An e-mail address to ask into the team."""

    email: Address


class InvitationAnswer(msgspec.Struct, frozen=True):
    """Whether somebody comes into the team."""

    accept: bool


class Join(msgspec.Struct, frozen=True):
    """The token of a team's link."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Member(msgspec.Struct, frozen=True):
    """Somebody who is in a team."""

    account_id: UUID
    display_name: str
    joined_at: datetime


class TeamCard(msgspec.Struct, frozen=True):
    """A team and who is in it, those longest in it first: for other slices, which decide who may see it.

    Attributes:
        solo: it is one person who works alone; the name is theirs.
        closed: it has begun its work and takes nobody in.
        ended: nobody is in it any more.
    """

    id: UUID
    hub_id: UUID
    name: str
    purpose: Purpose
    solo: bool
    closed: bool
    ended: bool
    members: tuple[Member, ...]

    @property
    def account_ids(self) -> frozenset[UUID]:
        """Who is in it."""
        return frozenset(member.account_id for member in self.members)


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that waits for an answer, as the team sees it."""

    id: UUID
    email: str
    invited_by: str
    invited_at: datetime


class TeamView(msgspec.Struct, frozen=True):
    """A team as its members see it.

    Attributes:
        leads: the reader has been in it longest, and may take others out.
        link_token: of the team's link, ``/teams/join/{token}``; None where there is none.
    """

    id: UUID
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    name: str
    purpose: Purpose
    closed: bool
    created_at: datetime
    members: tuple[Member, ...]
    invitations: tuple[InvitationView, ...]
    leads: bool
    link_token: str | None


class Invited(msgspec.Struct, frozen=True):
    """An invitation as the person sees it who was asked."""

    id: UUID
    team_id: UUID
    team_name: str
    hub_name: str
    hub_name_ur: str
    invited_by: str
    invited_at: datetime


class TeamsView(msgspec.Struct, frozen=True):
    """One's teams, the newest first, and the invitations that wait for one's answer."""

    teams: tuple[TeamView, ...]
    invitations: tuple[Invited, ...]


class JoinView(msgspec.Struct, frozen=True):
    """What a team's link shows before one comes in."""

    team_id: UUID
    name: str
    hub_name: str
    hub_name_ur: str
    members: int
    mine: bool
