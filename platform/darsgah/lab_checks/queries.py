"""All SQL of the lab_checks slice."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.lab_checks.models import LabCheck


async def newest_reports(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LabCheck]:
    """The newest report of each of these lab versions that has one."""
    statement = (
        select(LabCheck)
        .where(col(LabCheck.lab_version_id).in_(ids), col(LabCheck.report).is_not(None))
        .ext(distinct_on(col(LabCheck.lab_version_id)))
        .order_by(col(LabCheck.lab_version_id), col(LabCheck.made_at).desc())
    )
    return {row.lab_version_id: row for row in (await session.execute(statement)).scalars()}


async def newest_overrides(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LabCheck]:
    """The newest decision to publish without a passing report, for each that has one."""
    statement = (
        select(LabCheck)
        .where(col(LabCheck.lab_version_id).in_(ids), LabCheck.override_reason != "")
        .ext(distinct_on(col(LabCheck.lab_version_id)))
        .order_by(col(LabCheck.lab_version_id), col(LabCheck.made_at).desc())
    )
    return {row.lab_version_id: row for row in (await session.execute(statement)).scalars()}
