"""All SQL about matchings."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.applications.models import Matching, MatchingPair


async def proposed(session: AsyncSession, hub_id: UUID, *, lock: bool = False) -> Matching | None:
    """A hub's proposal; ``lock`` has whoever else would change or confirm it wait."""
    statement = select(Matching).where(Matching.hub_id == hub_id, Matching.state == "proposed")
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def latest_version(session: AsyncSession, hub_id: UUID) -> int | None:
    """The version of a hub's newest matching, whatever became of it."""
    statement = (
        select(col(Matching.version)).where(Matching.hub_id == hub_id).order_by(col(Matching.id).desc())
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none()


async def pairs(session: AsyncSession, matching_id: UUID) -> Sequence[MatchingPair]:
    """What a matching makes of each application."""
    statement = (
        select(MatchingPair)
        .where(MatchingPair.matching_id == matching_id)
        .order_by(col(MatchingPair.application_id))
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def replace_pairs(session: AsyncSession, matching_id: UUID, rows: Collection[MatchingPair]) -> None:
    """Write a proposal's pairs anew."""
    await session.execute(sa.delete(MatchingPair).where(col(MatchingPair.matching_id) == matching_id))
    session.add_all(rows)
    await session.flush()


async def ended(session: AsyncSession, hub_id: UUID, limit: int) -> Sequence[tuple[Matching, int]]:
    """A hub's matchings that were confirmed or discarded, newest first, with how many teams got a brief."""
    count = (
        select(sa.func.count())
        .where(MatchingPair.matching_id == Matching.id, col(MatchingPair.matched).is_(True))
        .scalar_subquery()
    )
    statement = (
        select(Matching, count)
        .where(Matching.hub_id == hub_id, col(Matching.ended_at).is_not(None))
        .order_by(col(Matching.id).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
