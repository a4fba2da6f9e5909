"""What somebody is to a brief, who stands behind it at present, and which day it is there."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs.lifecycle import Who
from darsgah.briefs.models import Brief
from darsgah.briefs.queries import COORDINATORS
from darsgah.db.columns import now
from darsgah.hubs import service as hubs
from darsgah.organisations import service as organisations
from darsgah.organisations.schemas import MentorStanding, VerificationState


async def parts(session: AsyncSession, actor: Actor | None, brief: Brief) -> frozenset[Who]:
    """What the actor is to the brief; without an actor it is the platform itself.

    Whoever is named on a brief is its mentor alone, though they teach in its hub: nobody reviews their own.
    """
    if actor is None:
        return frozenset({Who.SYSTEM})
    if brief.mentor_id == actor.account_id:
        acting = await _acting(session, brief)
        return frozenset({Who.MENTOR}) if acting is not None else frozenset()
    found = set()
    if actor.holds(*COORDINATORS, hub_id=brief.hub_id):
        found.add(Who.COORDINATOR)
    if actor.holds(Role.HUB_ADMIN, hub_id=brief.hub_id):
        found.add(Who.HUB_ADMIN)
    if actor.holds(Role.NETWORK_ADMIN):
        found |= {Who.COORDINATOR, Who.HUB_ADMIN, Who.NETWORK_ADMIN}
    return frozenset(found)


async def today_of(session: AsyncSession, brief: Brief) -> date:
    """Which day it is where the brief's hub is: its days begin and end there."""
    return (await hubs.hubs_by_id(session, [brief.hub_id]))[brief.hub_id].day(now())


async def standing_behind(session: AsyncSession, brief: Brief) -> tuple[bool, bool]:
    """Whether the organisation and the mentor of a brief are verified now, as is decided at every act.

    A mentor who no longer acts for the organisation counts as not verified.
    """
    standing = await _acting(session, brief)
    if standing is None:
        return False, False
    return (
        standing.organisation_state is VerificationState.VERIFIED,
        standing.mentor_state is VerificationState.VERIFIED,
    )


async def _acting(session: AsyncSession, brief: Brief) -> MentorStanding | None:
    """How the brief's mentor stands; None when there is none, or they left its organisation."""
    if brief.mentor_id is None:
        return None
    standing = await standing_of(session, brief.mentor_id)
    return standing if standing and standing.organisation_id == brief.organisation_id else None


async def standing_of(session: AsyncSession, account_id: UUID) -> MentorStanding | None:
    """How somebody stands as a mentor who acts for an organisation; None for everybody else."""
    standing = await organisations.standing(session, account_id)
    return standing if standing and standing.organisation_id is not None else None
