"""All SQL of GPU hours."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.projects.models import GpuLease, GpuToken


async def used(session: AsyncSession, project_id: UUID, moment: datetime) -> tuple[float, int]:
    """What a project's leases took, in seconds of one GPU, and how many run.

    Of those that have not ended, what is set aside counts, also where nothing was heard of them any more.
    """
    seconds = sa.func.extract("epoch", col(GpuLease.paid_until) - col(GpuLease.renewed_at))
    not_ended = col(GpuLease.ended_at).is_(None)
    at_work = sa.and_(not_ended, col(GpuLease.paid_until) >= moment)
    statement = select(
        sa.func.coalesce(
            sa.func.sum(
                col(GpuLease.billed_seconds)
                + sa.case((not_ended, sa.cast(seconds, sa.Double) * col(GpuLease.gpus)), else_=0.0)
            ),
            0.0,
        ),
        sa.func.count().filter(at_work),
    ).where(GpuLease.project_id == project_id)
    row = (await session.execute(statement)).one()
    return float(row[0]), int(row[1])


async def running(session: AsyncSession, project_id: UUID) -> Sequence[GpuLease]:
    """The leases of a project that have not ended, as far as is known."""
    statement = select(GpuLease).where(GpuLease.project_id == project_id, col(GpuLease.ended_at).is_(None))
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalars().all()


async def leases(session: AsyncSession, project_id: UUID, limit: int) -> Sequence[GpuLease]:
    """A project's newest leases."""
    statement = select(GpuLease).where(GpuLease.project_id == project_id)
    statement = statement.order_by(col(GpuLease.id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def lease(session: AsyncSession, project_id: UUID, lease_id: UUID) -> GpuLease | None:
    """One lease of a project, read anew."""
    statement = select(GpuLease).where(GpuLease.project_id == project_id, GpuLease.id == lease_id)
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def tokens(session: AsyncSession, project_id: UUID) -> Sequence[GpuToken]:
    """The tokens of a project that hold."""
    statement = select(GpuToken).where(
        GpuToken.project_id == project_id, col(GpuToken.withdrawn_at).is_(None)
    )
    return (await session.execute(statement.order_by(col(GpuToken.id)))).scalars().all()


async def token(session: AsyncSession, project_id: UUID, token_id: UUID) -> GpuToken | None:
    """One of them."""
    statement = select(GpuToken).where(
        GpuToken.project_id == project_id, GpuToken.id == token_id, col(GpuToken.withdrawn_at).is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def by_hash(session: AsyncSession, token_hash: bytes) -> GpuToken | None:
    """The token with that hash."""
    statement = select(GpuToken).where(GpuToken.token_hash == token_hash)
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()
