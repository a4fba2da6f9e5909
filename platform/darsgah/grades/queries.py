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


async def pace(session: AsyncSession, since: datetime, most: int) -> tuple[int, datetime | None]:
    """How many runs were recorded since then, counting the newest ``most`` alone, and when their first was.

    Identifiers are UUIDs of version 7 (RFC 9562, 5.7), whose first 48 bits are the Unix time in
    milliseconds, so the primary key's index answers.
    """
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    recent = (
        select(col(GradingRun.created_at))
        .where(col(GradingRun.id) >= first, GradingRun.engine != IMPORTED_ENGINE)
        .order_by(col(GradingRun.id).desc())
        .limit(most)
        .subquery()
    )
    row = (await session.execute(select(func.count(), func.min(recent.c.created_at)))).one()
    return row[0], row[1]


async def last_number(session: AsyncSession, submission_id: UUID) -> int:
    """The number of a submission's newest run, 0 without one."""
    statement = select(func.max(col(GradingRun.number))).where(GradingRun.submission_id == submission_id)
    return (await session.execute(statement)).scalar_one() or 0
