"""All SQL of the evaluations slice. Who may see what is decided by the project's room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.evaluations.models import Evaluation, EvaluationRound, EvaluationRubric, TrlClaim
from darsgah.evaluations.schemas import Side


async def rubric(session: AsyncSession, hub_id: UUID, side: Side) -> EvaluationRubric | None:
    """The newest version of a hub's rubric."""
    statement = (
        select(EvaluationRubric)
        .where(EvaluationRubric.hub_id == hub_id, EvaluationRubric.side == side.value)
        .order_by(col(EvaluationRubric.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_rubric(session: AsyncSession, hub_id: UUID, side: Side) -> None:
    """Have whoever else would write a version wait for this transaction's end."""
    await session.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"{hub_id} {side.value}"},
    )


async def round_of(session: AsyncSession, project_id: UUID) -> EvaluationRound | None:
    """A project's newest evaluation, as it is now."""
    statement = (
        select(EvaluationRound)
        .where(EvaluationRound.project_id == project_id)
        .order_by(col(EvaluationRound.opened_at).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def round_begun(session: AsyncSession, project_id: UUID, opened_at: datetime) -> bool:
    """Whether the final result that was submitted then has an evaluation."""
    statement = select(col(EvaluationRound.id)).where(
        EvaluationRound.project_id == project_id, EvaluationRound.opened_at == opened_at
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def begin_round(session: AsyncSession, begun: EvaluationRound) -> None:
    """Keep a round unless somebody else began it at the same moment."""
    values = begun.model_dump()
    statement = insert(EvaluationRound).values(**values).on_conflict_do_nothing()
    await session.execute(statement)


async def evaluations(session: AsyncSession, round_id: UUID) -> Sequence[Evaluation]:
    """What was given in a round, the mentor's side first, then in the order in which it came."""
    statement = (
        select(Evaluation)
        .where(Evaluation.round_id == round_id)
        .order_by(col(Evaluation.side), col(Evaluation.id))
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def claims(session: AsyncSession, project_id: UUID) -> Sequence[TrlClaim]:
    """A project's claims of readiness, oldest first."""
    statement = select(TrlClaim).where(TrlClaim.project_id == project_id).order_by(col(TrlClaim.id))
    return (await session.execute(statement)).scalars().all()


async def claim_for_update(session: AsyncSession, project_id: UUID, claim_id: UUID) -> TrlClaim | None:
    """One of them, locked."""
    statement = (
        select(TrlClaim)
        .where(TrlClaim.id == claim_id, TrlClaim.project_id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()
