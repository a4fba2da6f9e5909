"""All SQL of the notices slice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.notices.models import Notice


async def insert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write notices."""
    await session.execute(sa.insert(Notice), rows)


async def unread(session: AsyncSession, account_id: UUID, most: int) -> int:
    """How many somebody has not read; counting ends at ``most``."""
    found = (
        select(Notice.id).where(Notice.account_id == account_id, col(Notice.read_at).is_(None)).limit(most)
    )
    return (await session.execute(select(sa.func.count()).select_from(found.subquery()))).scalar_one()


async def of(session: AsyncSession, account_id: UUID, after: UUID | None, limit: int) -> Sequence[Notice]:
    """Somebody's notices, newest first, from the one after ``after`` on."""
    statement = select(Notice).where(Notice.account_id == account_id)
    if after is not None:
        statement = statement.where(col(Notice.id) < after)
    return (await session.execute(statement.order_by(col(Notice.id).desc()).limit(limit))).scalars().all()


async def one(session: AsyncSession, account_id: UUID, notice_id: UUID) -> Notice | None:
    """One of somebody's notices."""
    statement = select(Notice).where(Notice.account_id == account_id, Notice.id == notice_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def mark_read(
    session: AsyncSession, account_id: UUID, notice_ids: Collection[UUID] | None, moment: datetime
) -> None:
    """Note that somebody has read these of their notices, or all; what was read before keeps its moment."""
    statement = sa.update(Notice).where(col(Notice.account_id) == account_id, col(Notice.read_at).is_(None))
    if notice_ids is not None:
        statement = statement.where(col(Notice.id).in_(notice_ids))
    await session.execute(statement.values(read_at=moment))


async def unmailed(session: AsyncSession, telling_id: UUID) -> Sequence[Notice]:
    """The notices of one telling whose letter is still to be sent."""
    statement = (
        select(Notice)
        .where(Notice.telling_id == telling_id, col(Notice.mailed_at).is_(None), Notice.mail_refused == "")
        .order_by(col(Notice.id))
    )
    return (await session.execute(statement)).scalars().all()


async def note_mailed(session: AsyncSession, notice_id: UUID, moment: datetime) -> None:
    """Keep that a letter was taken by the mail server."""
    await session.execute(sa.update(Notice).where(col(Notice.id) == notice_id).values(mailed_at=moment))


async def note_refused(session: AsyncSession, notice_id: UUID, reason: str) -> None:
    """Keep why a letter is not sent."""
    await session.execute(sa.update(Notice).where(col(Notice.id) == notice_id).values(mail_refused=reason))
