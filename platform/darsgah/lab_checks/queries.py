"""All SQL of the lab_checks slice."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.lab_checks.models import LabCheck


async def newest_reports(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LabCheck]:
    """The newest report of each of these lab versions that has one."""
    return await _newest(session, ids, col(LabCheck.report).is_not(None))


async def newest_overrides(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LabCheck]:
    """The newest decision to publish without a passing report, for each that has one."""
    return await _newest(session, ids, col(LabCheck.override_reason) != "")


async def _newest(
    session: AsyncSession, ids: Sequence[UUID], said: ColumnElement[bool]
) -> dict[UUID, LabCheck]:
    statement = (
        select(LabCheck)
        .where(col(LabCheck.lab_version_id).in_(ids), said)
        .ext(distinct_on(col(LabCheck.lab_version_id)))
        .order_by(col(LabCheck.lab_version_id), col(LabCheck.made_at).desc())
    )
    return {row.lab_version_id: row for row in (await session.execute(statement)).scalars()}
