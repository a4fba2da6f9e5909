"""Organisations that do not see a learner's open profile, such as their employer, by the learner's word."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.errors import NotFound
from darsgah.hiring import queries
from darsgah.hiring.errors import NoSuchOrganisation
from darsgah.hiring.models import HiringBar
from darsgah.hiring.schemas import BarChange, BarredList, BarredOrganisation
from darsgah.organisations import service as organisations
from darsgah.ui.language import Message

SHOWN: Final = 50
"""The last changes that are shown."""


async def bars(session: AsyncSession, actor: Actor) -> BarredList:
    """From whom the actor hides, and what they changed about it, newest first."""
    row = await queries.own(session, actor.account_id)
    present = await queries.bars(session, row.id) if row else []
    past = await queries.bar_changes(session, row.id, SHOWN) if row else []
    ids = {one.organisation_id for one in (*present, *past)}
    named = {one: view.name for one, view in (await organisations.organisations_by_id(session, ids)).items()}
    return BarredList(
        tuple(BarredOrganisation(one.organisation_id, named[one.organisation_id], one.at) for one in present),
        tuple(BarChange(one.organisation_id, named[one.organisation_id], one.barred, one.at) for one in past),
    )


async def bar(session: AsyncSession, actor: Actor, organisation_id: UUID) -> None:
    """Hide the actor's profile from an organisation, open or not; doing it again changes nothing.

    Raises:
        NotFound: there is no such organisation.
    """
    if not await organisations.organisations_by_id(session, [organisation_id]):
        raise NotFound
    await _write(session, actor, organisation_id, barred=True)


async def bar_named(session: AsyncSession, actor: Actor, name: str) -> None:
    """The same for the organisation of that name, compared as names of organisations are.

    Raises:
        NoSuchOrganisation: there is none.
    """
    found = await organisations.organisation_of_name(session, name)
    if found is None:
        raise NoSuchOrganisation(fields={"name": Message("No organisation here has this name.")})
    await _write(session, actor, found.id, barred=True)


async def let_in(session: AsyncSession, actor: Actor, organisation_id: UUID) -> None:
    """Hide from an organisation no more; where the actor did not, nothing changes."""
    await _write(session, actor, organisation_id, barred=False)


async def _write(session: AsyncSession, actor: Actor, organisation_id: UUID, *, barred: bool) -> None:
    """Add the change; whoever looks at this moment is waited for."""
    row = await queries.own_for_update(session, actor.account_id)
    if await queries.is_barred(session, row.id, organisation_id) is not barred:
        session.add(HiringBar(profile_id=row.id, organisation_id=organisation_id, barred=barred))
        await session.flush()
