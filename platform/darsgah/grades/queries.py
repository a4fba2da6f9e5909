"""All SQL of the grades slice. Who may see a grade is who may see its submission."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from darsgah.grades.models import CellGradeRow, GradingRun
from darsgah.grades.schemas import IMPORTED_ENGINE


async def run(session: AsyncSession, run_id: UUID) -> GradingRun | None:
    """One grading run."""
    return await session.get(GradingRun, run_id)


async def current_run(session: AsyncSession, submission_id: UUID) -> GradingRun | None:
    """The newest run of a submission that was made here; one that was brought along is only kept."""
    statement = (
        select(GradingRun)
        .where(GradingRun.submission_id == submission_id, GradingRun.engine != IMPORTED_ENGINE)
        .order_by(col(GradingRun.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def imported_run(session: AsyncSession, submission_id: UUID) -> GradingRun | None:
    """The newest run of a submission that another system made."""
    statement = (
        select(GradingRun)
        .where(GradingRun.submission_id == submission_id, GradingRun.engine == IMPORTED_ENGINE)
        .order_by(col(GradingRun.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def cells(session: AsyncSession, run_id: UUID) -> Sequence[CellGradeRow]:
    """The cell grades of a run, in order."""
    statement = select(CellGradeRow).where(CellGradeRow.run_id == run_id).order_by(col(CellGradeRow.position))
    return (await session.execute(statement)).scalars().all()


async def runs_since(session: AsyncSession, since: datetime, limit: int) -> int:
    """How many runs were recorded since then, counted up to ``limit``.

    Identifiers are UUIDs of version 7 (RFC 9562, 5.7), whose first 48 bits are the Unix time in
    milliseconds, so the primary key's index answers.
    """
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    recent = (
        select(col(GradingRun.id))
        .where(col(GradingRun.id) >= first, GradingRun.engine != IMPORTED_ENGINE)
        .limit(limit)
        .subquery()
    )
    return (await session.execute(select(func.count()).select_from(recent))).scalar_one()


async def last_number(session: AsyncSession, submission_id: UUID) -> int:
    """The number of a submission's newest run, 0 without one."""
    statement = select(func.max(col(GradingRun.number))).where(GradingRun.submission_id == submission_id)
    return (await session.execute(statement)).scalar_one() or 0
