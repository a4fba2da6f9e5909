"""All SQL of the hiring slice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.hiring.models import HiringBar, HiringMessage, HiringProfile, HiringView


async def own(session: AsyncSession, account_id: UUID) -> HiringProfile | None:
    """A learner's profile, open or not."""
    statement = select(HiringProfile).where(HiringProfile.account_id == account_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def own_for_update(session: AsyncSession, account_id: UUID) -> HiringProfile:
    """A learner's profile, locked; a closed one is made where there is none."""
    row = HiringProfile(account_id=account_id)
    made = insert(HiringProfile).values(**row.model_dump()).on_conflict_do_nothing()
    await session.execute(made)
    statement = select(HiringProfile).where(HiringProfile.account_id == account_id).with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


def _open_to(organisation_id: UUID) -> sa.ColumnElement[bool]:
    """Profiles that are open, and whose learner does not hide from the organisation."""
    hidden = _last_bar(col(HiringProfile.id), organisation_id)
    return sa.and_(col(HiringProfile.is_open).is_(True), sa.func.coalesce(hidden, sa.false()).is_(False))


def _last_bar(profile_id: Any, organisation_id: UUID) -> sa.ScalarSelect[bool]:  # noqa: ANN401 # a column or a value
    """What the learner said last about an organisation; no row where they never did."""
    last = select(col(HiringBar.barred)).where(
        col(HiringBar.profile_id) == profile_id, col(HiringBar.organisation_id) == organisation_id
    )
    return last.order_by(col(HiringBar.id).desc()).limit(1).scalar_subquery()


async def is_barred(session: AsyncSession, profile_id: UUID, organisation_id: UUID) -> bool:
    """Whether the learner of a profile hides from an organisation."""
    return bool((await session.execute(select(_last_bar(profile_id, organisation_id)))).scalar_one_or_none())


async def bars(session: AsyncSession, profile_id: UUID) -> Sequence[HiringBar]:
    """The rows by which a profile is hidden at present, newest first."""
    last = (
        select(HiringBar)
        .where(HiringBar.profile_id == profile_id)
        .ext(distinct_on(col(HiringBar.organisation_id)))
        .order_by(col(HiringBar.organisation_id), col(HiringBar.id).desc())
    )
    rows = (await session.execute(last)).scalars()
    return sorted((row for row in rows if row.barred), key=lambda row: row.id, reverse=True)


async def bar_changes(session: AsyncSession, profile_id: UUID, limit: int) -> Sequence[HiringBar]:
    """What a learner changed about who is barred, newest first."""
    statement = select(HiringBar).where(HiringBar.profile_id == profile_id)
    return (await session.execute(statement.order_by(col(HiringBar.id).desc()).limit(limit))).scalars().all()


async def opened(session: AsyncSession, profile_id: UUID, organisation_id: UUID) -> HiringProfile | None:
    """A profile that is open to the organisation; it is not closed or hidden until the transaction ends."""
    statement = select(HiringProfile).where(HiringProfile.id == profile_id)
    found = (await session.execute(statement.with_for_update(read=True))).scalar_one_or_none()
    if found is None or not found.is_open or await is_barred(session, profile_id, organisation_id):
        return None
    return found


async def list_opened(
    session: AsyncSession, organisation_id: UUID, *, skill: str, after: UUID | None, limit: int
) -> Sequence[HiringProfile]:
    """Profiles open to an organisation, newest first, of a skill when one is named."""
    statement = select(HiringProfile).where(_open_to(organisation_id))
    if skill:
        listed = sa.func.jsonb_array_elements_text(col(HiringProfile.skills)).table_valued("value")
        wanted = sa.func.lower(listed.c.value) == skill.lower()
        statement = statement.where(sa.exists(sa.select(1).select_from(listed).where(wanted)))
    if after is not None:
        statement = statement.where(col(HiringProfile.id) < after)
    return (
        (await session.execute(statement.order_by(col(HiringProfile.id).desc()).limit(limit))).scalars().all()
    )


async def views(
    session: AsyncSession, profile_id: UUID, after: UUID | None, limit: int
) -> Sequence[HiringView]:
    """Who saw a profile, newest first."""
    statement = select(HiringView).where(HiringView.profile_id == profile_id)
    if after is not None:
        statement = statement.where(col(HiringView.id) < after)
    return (await session.execute(statement.order_by(col(HiringView.id).desc()).limit(limit))).scalars().all()


async def messages(
    session: AsyncSession, profile_id: UUID, organisation_id: UUID, limit: int
) -> Sequence[HiringMessage]:
    """The last messages of a conversation, newest first."""
    statement = (
        select(HiringMessage)
        .where(HiringMessage.profile_id == profile_id, HiringMessage.organisation_id == organisation_id)
        .order_by(col(HiringMessage.id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def conversations(session: AsyncSession, profile_id: UUID) -> list[tuple[UUID, datetime]]:
    """The organisations of a profile's conversations with the time of the last message, newest first."""
    last = sa.func.max(col(HiringMessage.sent_at))
    found = await session.execute(
        select(col(HiringMessage.organisation_id), last)
        .where(HiringMessage.profile_id == profile_id)
        .group_by(col(HiringMessage.organisation_id))
        .order_by(last.desc())
    )
    return [(organisation_id, at) for organisation_id, at in found]


async def authors(session: AsyncSession, profile_id: UUID, organisation_id: UUID) -> set[UUID]:
    """Who wrote in a conversation for the organisation."""
    found = await session.execute(
        select(col(HiringMessage.author_id))
        .distinct()
        .where(
            HiringMessage.profile_id == profile_id,
            HiringMessage.organisation_id == organisation_id,
            col(HiringMessage.by_learner).is_(False),
        )
    )
    return set(found.scalars())


async def lock_conversation(session: AsyncSession, profile_id: UUID, organisation_id: UUID) -> None:
    """Let messages of one conversation be sent one after the other, until the transaction ends."""
    key = sa.func.hashtextextended(f"{profile_id}{organisation_id}", 0)
    await session.execute(select(sa.func.pg_advisory_xact_lock(key)))
