"""All SQL about applications."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.applications.models import Application, ApplicationCap, ApplicationChange
from darsgah.applications.schemas import LIVE, State

_LIVE = sorted(LIVE)


async def application(
    session: AsyncSession, application_id: UUID, *, lock: bool = False
) -> Application | None:
    """One application; ``lock`` has whoever else would change it wait."""
    statement = select(Application).where(Application.id == application_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def applications(session: AsyncSession, application_ids: Collection[UUID]) -> Sequence[Application]:
    """Some applications, in the order of their ids."""
    statement = select(Application).where(col(Application.id).in_(application_ids))
    return (await session.execute(statement.order_by(col(Application.id)))).scalars().all()


async def locked(session: AsyncSession, application_ids: Collection[UUID]) -> Sequence[Application]:
    """Some applications, locked one after the other in the order of their ids."""
    statement = (
        select(Application)
        .where(col(Application.id).in_(application_ids))
        .order_by(col(Application.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def live_of_teams(
    session: AsyncSession, team_ids: Collection[UUID], *, lock: bool = False
) -> Sequence[Application]:
    """The live applications of some teams, in each team's order; with ``lock`` in the order of their ids."""
    statement = select(Application).where(
        col(Application.team_id).in_(team_ids), col(Application.state).in_(_LIVE)
    )
    if lock:
        statement = statement.order_by(col(Application.id)).with_for_update()
        statement = statement.execution_options(populate_existing=True)
    else:
        statement = statement.order_by(col(Application.team_id), col(Application.place), col(Application.id))
    return (await session.execute(statement)).scalars().all()


async def live_to(session: AsyncSession, brief_id: UUID, team_id: UUID) -> Application | None:
    """A team's live application to a brief."""
    statement = select(Application).where(
        Application.brief_id == brief_id,
        Application.team_id == team_id,
        col(Application.state).in_(_LIVE),
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def to_briefs(
    session: AsyncSession, brief_ids: Collection[UUID], states: Collection[State]
) -> Sequence[Application]:
    """The applications to some briefs in some states, by the time of applying."""
    statement = (
        select(Application)
        .where(col(Application.brief_id).in_(brief_ids), col(Application.state).in_(sorted(states)))
        .order_by(col(Application.opened_at), col(Application.id))
    )
    return (await session.execute(statement)).scalars().all()


async def of_teams(
    session: AsyncSession, team_ids: Collection[UUID], *, after: UUID | None, limit: int
) -> Sequence[Application]:
    """The applications of some teams, whatever came of them, newest first."""
    statement = select(Application).where(col(Application.team_id).in_(team_ids))
    if after is not None:
        statement = statement.where(col(Application.id) < after)
    statement = statement.order_by(col(Application.id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def last_place(session: AsyncSession, team_id: UUID) -> int:
    """The last place in a team's order that is taken; 0 without live applications."""
    statement = select(sa.func.coalesce(sa.func.max(col(Application.place)), 0)).where(
        Application.team_id == team_id, col(Application.state).in_(_LIVE)
    )
    place: int = (await session.execute(statement)).scalar_one()
    return place


async def changes(session: AsyncSession, application_ids: Collection[UUID]) -> Sequence[ApplicationChange]:
    """The histories of some applications, oldest lines first."""
    statement = (
        select(ApplicationChange)
        .where(col(ApplicationChange.application_id).in_(application_ids))
        .order_by(col(ApplicationChange.id))
    )
    return (await session.execute(statement)).scalars().all()


async def open_counts(session: AsyncSession, brief_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many open applications each of some briefs has; those without any are left out."""
    statement = (
        select(col(Application.brief_id), sa.func.count())
        .where(col(Application.brief_id).in_(brief_ids), Application.state == State.OPEN.value)
        .group_by(col(Application.brief_id))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def cap(session: AsyncSession, hub_id: UUID) -> ApplicationCap | None:
    """What a hub set, where it did."""
    return await session.get(ApplicationCap, hub_id, populate_existing=True)


async def set_cap(session: AsyncSession, row: ApplicationCap) -> None:
    """Write what a hub sets, over what it set before; of two at once the last counts."""
    values = row.model_dump()
    written = insert(ApplicationCap).values(**values)
    await session.execute(written.on_conflict_do_update(index_elements=["hub_id"], set_=values))


async def one_at_a_time(session: AsyncSession, names: Collection[str]) -> None:
    """Have whoever else uses one of these names here wait until this transaction ends."""
    for name in sorted(names):
        await session.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )
