"""All SQL of the hackathons slice, and which hackathons somebody sees."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import Actor, Role
from darsgah.hackathons.models import (
    Hackathon,
    HackathonEntry,
    HackathonJudge,
    HackathonJudgement,
    HackathonTrack,
)


def organises(actor: Actor | None, hackathon: Hackathon) -> bool:
    """Whether somebody runs it: its hub's administrators, and the network's for every one."""
    if actor is None:
        return False
    return actor.holds(Role.NETWORK_ADMIN) or hackathon.hub_id in actor.hubs(Role.HUB_ADMIN)


def _visible(actor: Actor | None) -> sa.ColumnElement[bool]:
    """What was published is everybody's; drafts are their organisers' and whose who are asked to judge."""
    public = col(Hackathon.published_at).is_not(None)
    if actor is None:
        return public
    if actor.holds(Role.NETWORK_ADMIN):
        return sa.true()
    judged = select(col(HackathonJudge.hackathon_id)).where(
        HackathonJudge.account_id == actor.account_id, col(HackathonJudge.state).in_(("asked", "accepted"))
    )
    own = col(Hackathon.hub_id).in_(actor.hubs(Role.HUB_ADMIN))
    return sa.or_(public, own, col(Hackathon.id).in_(judged))


async def visible(
    session: AsyncSession, actor: Actor | None, hackathon_id: UUID, *, lock: bool = False
) -> Hackathon | None:
    """One hackathon that somebody may see; ``lock`` has whoever else would change it wait."""
    statement = select(Hackathon).where(Hackathon.id == hackathon_id, _visible(actor))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession, actor: Actor | None, after: UUID | None, limit: int
) -> Sequence[Hackathon]:
    """Those that somebody may see, the latest first."""
    statement = select(Hackathon).where(_visible(actor)).order_by(col(Hackathon.id).desc()).limit(limit)
    if after is not None:
        statement = statement.where(col(Hackathon.id) < after)
    return (await session.execute(statement)).scalars().all()


async def tracks(session: AsyncSession, hackathon_ids: Collection[UUID]) -> Sequence[HackathonTrack]:
    """The tracks of those hackathons in their order."""
    statement = (
        select(HackathonTrack)
        .where(col(HackathonTrack.hackathon_id).in_(hackathon_ids))
        .order_by(col(HackathonTrack.position))
    )
    return (await session.execute(statement)).scalars().all()


async def entries_by_track(session: AsyncSession, hackathon_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many teams take part, by track."""
    statement = (
        select(col(HackathonEntry.track_id), sa.func.count())
        .where(
            col(HackathonEntry.hackathon_id).in_(hackathon_ids), col(HackathonEntry.withdrawn_at).is_(None)
        )
        .group_by(col(HackathonEntry.track_id))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def entries(session: AsyncSession, hackathon_id: UUID) -> Sequence[HackathonEntry]:
    """All entries of a hackathon, withdrawn ones too, in the order in which teams signed up."""
    statement = (
        select(HackathonEntry)
        .where(HackathonEntry.hackathon_id == hackathon_id)
        .order_by(col(HackathonEntry.id))
    )
    return (await session.execute(statement)).scalars().all()


async def entry(session: AsyncSession, hackathon_id: UUID, entry_id: UUID) -> HackathonEntry | None:
    """An entry of a hackathon, locked."""
    statement = (
        select(HackathonEntry)
        .where(HackathonEntry.id == entry_id, HackathonEntry.hackathon_id == hackathon_id)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def entries_of_teams(
    session: AsyncSession, hackathon_id: UUID, team_ids: Collection[UUID]
) -> Sequence[HackathonEntry]:
    """The entries of those teams that take part, locked."""
    statement = (
        select(HackathonEntry)
        .where(
            HackathonEntry.hackathon_id == hackathon_id,
            col(HackathonEntry.team_id).in_(team_ids),
            col(HackathonEntry.withdrawn_at).is_(None),
        )
        .order_by(col(HackathonEntry.id))
        .with_for_update()
    )
    return (await session.execute(statement)).scalars().all()


async def entry_of_team(session: AsyncSession, hackathon_id: UUID, team_id: UUID) -> HackathonEntry | None:
    """A team's entry, withdrawn or not."""
    statement = select(HackathonEntry).where(
        HackathonEntry.hackathon_id == hackathon_id, HackathonEntry.team_id == team_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def judges(session: AsyncSession, hackathon_id: UUID) -> Sequence[HackathonJudge]:
    """Everybody who was asked to judge, in that order."""
    statement = (
        select(HackathonJudge)
        .where(HackathonJudge.hackathon_id == hackathon_id)
        .order_by(col(HackathonJudge.id))
    )
    return (await session.execute(statement)).scalars().all()


async def judgeships(
    session: AsyncSession, account_id: UUID, hackathon_ids: Collection[UUID]
) -> Sequence[HackathonJudge]:
    """Where somebody judges, or is asked to."""
    statement = (
        select(HackathonJudge)
        .where(
            HackathonJudge.account_id == account_id,
            col(HackathonJudge.hackathon_id).in_(hackathon_ids),
            col(HackathonJudge.state).in_(("asked", "accepted")),
        )
        .order_by(col(HackathonJudge.id))
    )
    return (await session.execute(statement)).scalars().all()


async def judgements(session: AsyncSession, hackathon_id: UUID) -> Sequence[HackathonJudgement]:
    """All judgements of a hackathon in the order in which they were dealt."""
    statement = (
        select(HackathonJudgement)
        .join(HackathonEntry, col(HackathonEntry.id) == col(HackathonJudgement.entry_id))
        .where(HackathonEntry.hackathon_id == hackathon_id)
        .order_by(col(HackathonJudgement.id))
    )
    return (await session.execute(statement)).scalars().all()


async def own_judgements(
    session: AsyncSession, account_id: UUID, hackathon_id: UUID
) -> Sequence[tuple[HackathonJudgement, HackathonEntry]]:
    """What somebody who has accepted has to judge; left out and withdrawn entries are not among it."""
    statement = (
        select(HackathonJudgement, HackathonEntry)
        .join(HackathonEntry, col(HackathonEntry.id) == col(HackathonJudgement.entry_id))
        .join(HackathonJudge, col(HackathonJudge.id) == col(HackathonJudgement.judge_id))
        .where(
            HackathonJudge.account_id == account_id,
            HackathonJudge.state == "accepted",
            HackathonEntry.hackathon_id == hackathon_id,
            col(HackathonEntry.withdrawn_at).is_(None),
        )
        .order_by(col(HackathonJudgement.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def own_judgement(
    session: AsyncSession, account_id: UUID, judgement_id: UUID
) -> tuple[HackathonJudgement, HackathonEntry] | None:
    """One of them, locked."""
    statement = (
        select(HackathonJudgement, HackathonEntry)
        .join(HackathonEntry, col(HackathonEntry.id) == col(HackathonJudgement.entry_id))
        .join(HackathonJudge, col(HackathonJudge.id) == col(HackathonJudgement.judge_id))
        .where(
            HackathonJudgement.id == judgement_id,
            HackathonJudge.account_id == account_id,
            HackathonJudge.state == "accepted",
            col(HackathonEntry.withdrawn_at).is_(None),
        )
        .with_for_update(of=HackathonJudgement)
    )
    row: Any = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def judge(session: AsyncSession, judge_id: UUID) -> HackathonJudge | None:
    """One who was asked to judge, locked."""
    statement = select(HackathonJudge).where(HackathonJudge.id == judge_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()
