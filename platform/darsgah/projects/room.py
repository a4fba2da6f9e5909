"""Who is what in a project, and what must be so before somebody does something in its room.

Everything in a room is asked through ``enter``. Whoever is nothing to the project is answered as if there
were none: a learner who left the team, a mentor who was removed, or who or whose organisation is not
verified any more. The hub's coordinators then do what is the mentor's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.briefs import project_cards
from darsgah.briefs.lifecycle import ENDED, INTERRUPTED, Stage
from darsgah.briefs.project_cards import ProjectCard
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.organisations import service as organisations
from darsgah.projects import queries
from darsgah.projects.errors import NotAcceptedByYou, NotYourPart, RoomAtRest, RoomLocked
from darsgah.teams import service as teams
from darsgah.teams.schemas import TeamCard

COORDINATORS: Final = (Role.INSTRUCTOR, Role.HUB_ADMIN)
"""Roles in a hub whose holders look after its projects; the network's administrators do as well."""


class Part(StrEnum):
    """What somebody is in a project: one of its team, its mentor, or a coordinator of its hub."""

    TEAM = "team"
    MENTOR = "mentor"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Room:
    """A project as the one who entered its room may know it.

    Attributes:
        part: the reader's.
        mentor_id: the mentor; None where nobody stands as one at present.
        mentor_zone: an IANA name.
        signed_at: when everybody had accepted ``agreement_id``.
        accepted: the accounts that have accepted that agreement.
    """

    project: ProjectCard
    hub: HubView
    team: TeamCard
    part: Part
    mentor_id: UUID | None
    mentor_zone: str
    signed_at: datetime | None
    agreement_id: UUID | None
    accepted: frozenset[UUID]

    @property
    def resting(self) -> bool:
        """Whether it has ended, is paused, or is in dispute."""
        return self.project.stage in ENDED | INTERRUPTED

    @property
    def decider(self) -> Part:
        """Who decides about what the team hands in: the mentor, or the hub where there is none."""
        return Part.HUB if self.mentor_id is None else Part.MENTOR

    @property
    def members(self) -> frozenset[UUID]:
        """The team and the mentor: who works on it, and is told of everything."""
        return self.team.account_ids | ({self.mentor_id} if self.mentor_id else set())


async def enter(session: AsyncSession, actor: Actor, project_id: UUID, *, lock: bool = False) -> Room:
    """The room of a project, for whoever is in it; with ``lock`` nobody else changes it until the end.

    Raises:
        NotFound: there is no such project, or the actor is nothing to it.
    """
    card = await project_cards.card(session, project_id)
    if card is None:
        raise NotFound
    if lock:
        await queries.lock_room(session, project_id, card.hub_id)
        card = await project_cards.card(session, project_id)
        assert card is not None  # noqa: S101 # projects are never deleted
    return await opened(session, actor, card)


async def opened(session: AsyncSession, actor: Actor, card: ProjectCard) -> Room:
    """The same for a project that was read already.

    Raises:
        NotFound: the actor is nothing to it.
    """
    team = await teams.card(session, card.team_id)
    stands = await project_cards.mentors_stand(session, [card.brief_id])
    mentor_id = card.mentor_id if stands else None
    part = part_of(actor, card, team, mentor_id)
    if part is None:
        raise NotFound
    return await unguarded(session, card, team, mentor_id, part)


async def unguarded(
    session: AsyncSession, card: ProjectCard, team: TeamCard, mentor_id: UUID | None, part: Part
) -> Room:
    """The room for a job of the platform, or for somebody whose part is known."""
    row = await queries.room(session, card.id)
    standing = await organisations.standing(session, mentor_id) if mentor_id else None
    hub = (await hubs.hubs_by_id(session, [card.hub_id]))[card.hub_id]
    agreement_id = row.agreement_id if row else None
    given = await queries.acceptances(session, card.id) if agreement_id else []
    return Room(
        project=card,
        hub=hub,
        team=team,
        part=part,
        mentor_id=mentor_id,
        mentor_zone=standing.timezone if standing else hub.timezone,
        signed_at=row.signed_at if row else None,
        agreement_id=agreement_id,
        accepted=frozenset(one.account_id for one in given if one.agreement_id == agreement_id),
    )


def part_of(actor: Actor, card: ProjectCard, team: TeamCard, mentor_id: UUID | None) -> Part | None:
    """What the actor is in a project; None for nothing.

    Whoever the brief names is its mentor alone, though they may teach in its hub.
    """
    if actor.account_id in team.account_ids:
        return Part.TEAM
    if actor.account_id == card.mentor_id:
        return Part.MENTOR if actor.account_id == mentor_id else None
    if actor.holds(*COORDINATORS, hub_id=card.hub_id) or actor.holds(Role.NETWORK_ADMIN):
        return Part.HUB
    return None


def require(
    room: Room,
    actor: Actor,
    *parts: Part,
    stages: Collection[Stage] | None = None,
    resting: bool = False,
) -> None:
    """Return when the actor may do something in the room that is for those parts, or for all without any.

    Args:
        stages: in which it can be done; None is all from the signed agreement on.
        resting: it can also be done while the project is paused or in dispute.

    Raises:
        RoomLocked, NotYourPart, NotAcceptedByYou, RoomAtRest: as they say.
    """
    if room.signed_at is None:
        raise RoomLocked
    if parts and room.part not in parts:
        raise NotYourPart
    require_acceptance(room, actor)
    if room.project.stage in ENDED or (room.resting and not resting):
        raise RoomAtRest
    if stages is not None and room.project.stage not in stages:
        raise RoomAtRest


def require_acceptance(room: Room, actor: Actor) -> None:
    """Return when the actor may read what is in the room: a mentor who was named later accepts first.

    Raises:
        NotAcceptedByYou: they have yet to accept what everybody else has.
    """
    if room.signed_at is not None and room.part is not Part.HUB and actor.account_id not in room.accepted:
        raise NotAcceptedByYou


async def coordinators(session: AsyncSession, hub_id: UUID) -> list[UUID]:
    """Whom of the hub to tell of a project: its administrators, or its instructors where there are none."""
    return await hubs.holders(session, hub_id, Role.HUB_ADMIN) or await hubs.holders(
        session, hub_id, Role.INSTRUCTOR
    )


async def names_of(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of some people."""
    return await accounts.display_names(session, list(set(account_ids)))
