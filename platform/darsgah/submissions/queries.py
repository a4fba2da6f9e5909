"""All SQL of the submissions slice, and who may see which submission."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.submissions.models import Submission
from darsgah.submissions.schemas import State

STAFF = (Role.INSTRUCTOR, Role.HUB_ADMIN)


def staffed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Submissions that the actor may review: those of their hubs, or all for network roles."""
    if actor.holds(*NETWORK_ROLES):
        return sa.true()
    return col(Submission.hub_id).in_(actor.hubs(*STAFF))


async def own(session: AsyncSession, actor: Actor, submission_id: UUID) -> Submission | None:
    """One submission that the actor handed in."""
    statement = select(Submission).where(
        Submission.id == submission_id, Submission.account_id == actor.account_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def staffed(session: AsyncSession, actor: Actor, submission_id: UUID) -> Submission | None:
    """One submission that the actor may review."""
    statement = select(Submission).where(Submission.id == submission_id, staffed_by(actor))
    return (await session.execute(statement)).scalar_one_or_none()


async def attempts(session: AsyncSession, assignment_id: UUID, account_id: UUID) -> Sequence[Submission]:
    """Somebody's submissions for an assignment, newest first."""
    statement = (
        select(Submission)
        .where(Submission.assignment_id == assignment_id, Submission.account_id == account_id)
        .order_by(col(Submission.attempt).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def latest_by_assignment(
    session: AsyncSession, assignment_ids: Sequence[UUID], account_id: UUID
) -> Sequence[Submission]:
    """Somebody's newest submission for each of some assignments."""
    newest = (
        select(col(Submission.assignment_id), sa.func.max(col(Submission.attempt)))
        .where(col(Submission.assignment_id).in_(assignment_ids), Submission.account_id == account_id)
        .group_by(col(Submission.assignment_id))
    )
    statement = select(Submission).where(
        Submission.account_id == account_id,
        sa.tuple_(col(Submission.assignment_id), col(Submission.attempt)).in_(newest),
    )
    return (await session.execute(statement)).scalars().all()


async def totals_by_assignment(
    session: AsyncSession, assignment_ids: Sequence[UUID], account_id: UUID
) -> dict[UUID, tuple[int, float | None]]:
    """Somebody's number of attempts that count and best score, for each of some assignments."""
    statement = (
        select(
            col(Submission.assignment_id),
            sa.func.count().filter(col(Submission.state) != State.REJECTED.value),
            sa.func.max(col(Submission.score)),
        )
        .where(col(Submission.assignment_id).in_(assignment_ids), Submission.account_id == account_id)
        .group_by(col(Submission.assignment_id))
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(statement)}


async def best_shares(session: AsyncSession, account_ids: Collection[UUID]) -> list[tuple[UUID, UUID, float]]:
    """The best share of its points that each of some people has in each assignment, once it is graded."""
    statement = (
        select(
            col(Submission.account_id),
            col(Submission.assignment_id),
            sa.func.max(col(Submission.score) / col(Submission.max_score)),
        )
        .where(
            col(Submission.account_id).in_(account_ids),
            Submission.state == State.GRADED.value,
            col(Submission.score).is_not(None),
            col(Submission.max_score) > 0,
        )
        .group_by(col(Submission.account_id), col(Submission.assignment_id))
    )
    return [(row[0], row[1], row[2] or 0.0) for row in await session.execute(statement)]


async def recent(
    session: AsyncSession, account_id: UUID, assignment_ids: Sequence[UUID], limit: int
) -> Sequence[Submission]:
    """Somebody's newest submissions for some assignments."""
    statement = (
        select(Submission)
        .where(Submission.account_id == account_id, col(Submission.assignment_id).in_(assignment_ids))
        .order_by(col(Submission.id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def by_key(session: AsyncSession, account_id: UUID, idempotency_key: str) -> Submission | None:
    """The submission that somebody sent with that idempotency key."""
    statement = select(Submission).where(
        Submission.account_id == account_id, Submission.idempotency_key == idempotency_key
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession,
    cohort_id: UUID,
    *,
    after: UUID | None,
    limit: int,
    assignment_id: UUID | None,
    state: State | None,
    flagged: bool,
) -> Sequence[Submission]:
    """Submissions of a cohort, newest first, from the one after ``after`` on."""
    statement = (
        select(Submission)
        .where(Submission.cohort_id == cohort_id)
        .order_by(col(Submission.id).desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Submission.id) < after)
    if assignment_id is not None:
        statement = statement.where(Submission.assignment_id == assignment_id)
    if state is not None:
        statement = statement.where(Submission.state == state.value)
    if flagged:
        statement = statement.where(col(Submission.flagged).is_(True))
    return (await session.execute(statement)).scalars().all()


async def assignments_begun(session: AsyncSession, assignment_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of some assignments for which anybody handed something in."""
    found = (
        select(col(Submission.assignment_id))
        .where(col(Submission.assignment_id).in_(assignment_ids))
        .distinct()
    )
    return (await session.execute(found)).scalars().all()


async def for_update(session: AsyncSession, submission_id: UUID) -> Submission | None:
    """One submission, whoever asks, locked until the transaction ends."""
    statement = select(Submission).where(Submission.id == submission_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def job_of(session: AsyncSession, submission_id: UUID) -> int | None:
    """The number of a submission's grading job in the queue."""
    statement = select(col(Submission.job)).where(Submission.id == submission_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def best_graded(
    session: AsyncSession, cohort_id: UUID, account_ids: Collection[UUID]
) -> Sequence[Submission]:
    """The best graded submission of some people for each assignment of a cohort, the first of equals."""
    best_first = sa.func.row_number().over(
        partition_by=(col(Submission.account_id), col(Submission.assignment_id)),
        order_by=((col(Submission.score) / col(Submission.max_score)).desc(), col(Submission.id)),
    )
    ranked = (
        select(col(Submission.id), best_first.label("place"))
        .where(
            Submission.cohort_id == cohort_id,
            col(Submission.account_id).in_(account_ids),
            Submission.state == State.GRADED.value,
            col(Submission.score).is_not(None),
            col(Submission.max_score) > 0,
        )
        .subquery()
    )
    statement = select(Submission).where(
        col(Submission.id).in_(select(ranked.c.id).where(ranked.c.place == 1))
    )
    return (await session.execute(statement)).scalars().all()


async def place_of(session: AsyncSession, submission_id: UUID) -> tuple[UUID, UUID] | None:
    """The cohort and the learner of a submission."""
    statement = select(col(Submission.cohort_id), col(Submission.account_id)).where(
        Submission.id == submission_id
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])
