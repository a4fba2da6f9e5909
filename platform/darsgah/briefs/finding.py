"""Finding briefs: by words in English and Urdu, by skill, hub, place, readiness level and hours a week."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import queries
from darsgah.briefs.models import Brief
from darsgah.briefs.presenting import around, found_briefs, is_open
from darsgah.briefs.schemas import FoundBriefs, Wanted
from darsgah.db.columns import now

PAGE = 20
MOST_SKILLS = 200
_AT_ONCE = 60
"""Rows that are read at once: those whose organisation is not verified just now are left out of them."""


async def find(
    session: AsyncSession, actor: Actor, wanted: Wanted, *, after: UUID | None = None
) -> FoundBriefs:
    """The open briefs that fit, newest first, ``PAGE`` at a time.

    Args:
        after: the last brief of the page before; one that is gone meanwhile begins anew.
    """
    shown: list[Brief] = []
    place = await queries.published(session, after) if after is not None else None
    moment = now()
    until = moment.date() - timedelta(days=1)  # where it may still be that day, in some hub
    while len(shown) <= PAGE:
        rows = await queries.found(session, wanted, place, until=until, limit=_AT_ONCE)
        near = await around(session, rows)
        shown += [row for row in rows if is_open(row, near, moment)]
        if len(rows) < _AT_ONCE:
            break
        place = (rows[-1].published_at or now(), rows[-1].id)
    page = shown[:PAGE]
    views = await found_briefs(session, actor, page, await around(session, page))
    return FoundBriefs(views, page[-1].id if len(shown) > PAGE else None)


async def skills(session: AsyncSession) -> list[str]:
    """The skills that open briefs ask for, in order, ``MOST_SKILLS`` at most."""
    return await queries.skills(session, MOST_SKILLS)
