"""All SQL of the grades slice. Who may see a grade is who may see its submission."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from darsgah.grades.models import CellGradeRow, GradingRun


async def run(session: AsyncSession, run_id: UUID) -> GradingRun | None:
    """One grading run."""
    return await session.get(GradingRun, run_id)


async def current_run(session: AsyncSession, submission_id: UUID) -> GradingRun | None:
    """The newest run of a submission."""
    statement = (
        select(GradingRun)
        .where(GradingRun.submission_id == submission_id)
        .order_by(col(GradingRun.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def cells(session: AsyncSession, run_id: UUID) -> Sequence[CellGradeRow]:
    """The cell grades of a run, in order."""
    statement = select(CellGradeRow).where(CellGradeRow.run_id == run_id).order_by(col(CellGradeRow.position))
    return (await session.execute(statement)).scalars().all()


async def last_number(session: AsyncSession, submission_id: UUID) -> int:
    """The number of a submission's newest run, 0 without one."""
    statement = select(func.max(col(GradingRun.number))).where(GradingRun.submission_id == submission_id)
    return (await session.execute(statement)).scalar_one() or 0
