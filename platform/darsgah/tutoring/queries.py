"""All SQL of the tutoring slice. A hint is found by its learner's account, so nobody sees another's."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.db.columns import now
from darsgah.tutoring.bank_schemas import MisconceptionFigures
from darsgah.tutoring.models import (
    AssignmentTutor,
    CohortTutor,
    HintDay,
    HintMessage,
    HintRequest,
    HintWords,
    LabCalibration,
)
from darsgah.tutoring.schemas import (
    AssignmentTutoring,
    CohortTutoring,
    HintFigures,
    HintState,
    MisconceptionCount,
)


async def cohort_tutoring(session: AsyncSession, cohort_id: UUID) -> CohortTutoring:
    """What a cohort's staff set, or the defaults."""
    row = await session.get(CohortTutor, cohort_id)
    if row is None:
        return CohortTutoring()
    return CohortTutoring(row.hints, row.exam, row.transcripts, row.daily_hints)


async def assignment_tutoring(session: AsyncSession, assignment_id: UUID) -> AssignmentTutoring:
    """What a cohort's staff set in one lab, or the defaults."""
    row = await session.get(AssignmentTutor, assignment_id)
    return AssignmentTutoring() if row is None else AssignmentTutoring(row.hints, row.exam, row.threshold)


async def settings(
    session: AsyncSession, cohort_id: UUID, assignment_id: UUID
) -> tuple[CohortTutoring, AssignmentTutoring]:
    """What holds for a lab of a cohort: what was set for all, and for it alone."""
    return await cohort_tutoring(session, cohort_id), await assignment_tutoring(session, assignment_id)


async def set_cohort_tutoring(session: AsyncSession, cohort_id: UUID, wanted: CohortTutoring) -> None:
    """Keep what a cohort's staff set."""
    values = {
        "hints": wanted.hints,
        "exam": wanted.exam,
        "transcripts": wanted.transcripts,
        "daily_hints": wanted.daily_hints,
        "changed_at": now(),
    }
    statement = insert(CohortTutor).values(cohort_id=cohort_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["cohort_id"], set_=values))


async def set_assignment_tutoring(
    session: AsyncSession, assignment_id: UUID, wanted: AssignmentTutoring
) -> None:
    """Keep what a cohort's staff set in one lab."""
    values = {
        "hints": wanted.hints,
        "exam": wanted.exam,
        "threshold": wanted.threshold,
        "changed_at": now(),
    }
    statement = insert(AssignmentTutor).values(assignment_id=assignment_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["assignment_id"], set_=values))


async def asked_on(session: AsyncSession, account_id: UUID, day: date) -> int:
    """How many hints somebody asked for on a day."""
    statement = select(col(HintDay.asked)).where(HintDay.account_id == account_id, HintDay.day == day)
    return (await session.execute(statement)).scalar_one_or_none() or 0


async def count(session: AsyncSession, account_id: UUID, day: date, step: int) -> None:
    """Count one more, or one less where none could be made."""
    statement = insert(HintDay).values(account_id=account_id, day=day, asked=max(0, step))
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "day"],
            set_={"asked": sa.func.greatest(0, col(HintDay.asked) + step)},
        )
    )


async def about(
    session: AsyncSession, account_id: UUID, assignment_id: UUID, notebook: str, question: str
) -> Sequence[HintRequest]:
    """Somebody's hints about one question, newest first; the last hundred tell where they stand."""
    statement = (
        select(HintRequest)
        .where(
            HintRequest.account_id == account_id,
            HintRequest.assignment_id == assignment_id,
            HintRequest.notebook == notebook,
            HintRequest.question == question,
        )
        .order_by(col(HintRequest.id).desc())
        .limit(100)
    )
    return (await session.execute(statement)).scalars().all()


async def own(session: AsyncSession, account_id: UUID, hint_id: UUID) -> HintRequest | None:
    """One hint of somebody's."""
    statement = select(HintRequest).where(HintRequest.id == hint_id, HintRequest.account_id == account_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession, account_id: UUID, *, assignment_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[HintRequest]:
    """Somebody's hints, newest first, from the one after ``after`` on."""
    statement = (
        select(HintRequest)
        .where(HintRequest.account_id == account_id)
        .order_by(col(HintRequest.id).desc())
        .limit(limit)
    )
    if assignment_id is not None:
        statement = statement.where(HintRequest.assignment_id == assignment_id)
    if after is not None:
        statement = statement.where(col(HintRequest.id) < after)
    return (await session.execute(statement)).scalars().all()


async def delete(session: AsyncSession, account_id: UUID, hint_id: UUID | None) -> int:
    """Delete one of somebody's hints, or all of them; returns how many there were."""
    statement = sa.delete(HintRequest).where(col(HintRequest.account_id) == account_id)
    if hint_id is not None:
        statement = statement.where(col(HintRequest.id) == hint_id)
    found = await session.execute(statement.returning(col(HintRequest.id)))
    return len(found.scalars().all())


async def assignments_tutoring(
    session: AsyncSession, assignment_ids: Sequence[UUID]
) -> dict[UUID, AssignmentTutoring]:
    """What was set for some labs; those without are left out."""
    statement = select(AssignmentTutor).where(col(AssignmentTutor.assignment_id).in_(assignment_ids))
    rows = (await session.execute(statement)).scalars()
    return {row.assignment_id: AssignmentTutoring(row.hints, row.exam, row.threshold) for row in rows}


async def figures(session: AsyncSession, assignment_ids: Sequence[UUID]) -> dict[UUID, HintFigures]:
    """How the hints above level 0 fared, by lab."""
    told = col(HintRequest.withheld).is_(False)
    statement = (
        sa.select(
            col(HintRequest.assignment_id),
            sa.func.count(),
            sa.func.count().filter(told),
            sa.func.count().filter(told, col(HintRequest.helpful).is_not(None)),
            sa.func.count().filter(told, col(HintRequest.helpful).is_(True)),
        )
        .where(
            col(HintRequest.assignment_id).in_(assignment_ids),
            col(HintRequest.state) == HintState.GIVEN.value,
            col(HintRequest.level) > 0,
            col(HintRequest.correct).is_(False),
        )
        .group_by(col(HintRequest.assignment_id))
    )
    return {row[0]: HintFigures(*row[1:]) for row in await session.execute(statement)}


async def misconceptions(
    session: AsyncSession, assignment_ids: Sequence[UUID]
) -> dict[UUID, list[MisconceptionCount]]:
    """In how many learners which misconception was seen, by lab and question, the most frequent first."""
    learners = sa.func.count(sa.distinct(col(HintRequest.account_id)))
    keys = (col(HintRequest.assignment_id), col(HintRequest.question), col(HintRequest.misconception))
    statement = (
        sa.select(*keys, learners)
        .where(
            col(HintRequest.assignment_id).in_(assignment_ids),
            col(HintRequest.misconception).is_not(None),
            col(HintRequest.correct).is_(False),
        )
        .group_by(*keys)
        .order_by(keys[1], learners.desc(), keys[2])
    )
    found: dict[UUID, list[MisconceptionCount]] = {}
    for assignment_id, question, misconception, count_ in await session.execute(statement):
        found.setdefault(assignment_id, []).append(MisconceptionCount(question, str(misconception), count_))
    return found


async def of_assignments(
    session: AsyncSession, assignment_ids: Sequence[UUID], *, after: UUID | None, limit: int
) -> Sequence[HintRequest]:
    """Everybody's hints on some labs, newest first, from the one after ``after`` on."""
    statement = (
        select(HintRequest)
        .where(col(HintRequest.assignment_id).in_(assignment_ids))
        .order_by(col(HintRequest.id).desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(HintRequest.id) < after)
    return (await session.execute(statement)).scalars().all()


async def messages(
    session: AsyncSession, hint_ids: Sequence[UUID], *, cohort_id: UUID | None = None
) -> Sequence[tuple[HintMessage, UUID]]:
    """What was written about hints, oldest first, each with the hint's learner; of one cohort if named."""
    statement = (
        select(HintMessage, col(HintRequest.account_id))
        .join(HintRequest, col(HintRequest.id) == col(HintMessage.hint_id))
        .where(col(HintMessage.hint_id).in_(hint_ids))
        .order_by(col(HintMessage.id))
    )
    if cohort_id is not None:
        statement = statement.where(HintRequest.cohort_id == cohort_id)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def written_about(
    session: AsyncSession,
    *,
    limit: int,
    assignment_ids: Sequence[UUID] | None = None,
    account_id: UUID | None = None,
    after: UUID | None = None,
    waiting: bool = False,
) -> Sequence[HintRequest]:
    """The hints that somebody wrote to a person about, the newest first.

    Args:
        assignment_ids, account_id: on these labs alone, of this learner alone; a caller names one of them.
        after: from the one after this on.
        waiting: those alone whose last message is the learner's.
    """
    last = (
        select(col(HintMessage.account_id))
        .where(HintMessage.hint_id == col(HintRequest.id))
        .order_by(col(HintMessage.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(HintRequest)
        .where(last == col(HintRequest.account_id) if waiting else last.is_not(None))
        .order_by(col(HintRequest.id).desc())
        .limit(limit)
    )
    if assignment_ids is not None:
        statement = statement.where(col(HintRequest.assignment_id).in_(assignment_ids))
    if account_id is not None:
        statement = statement.where(HintRequest.account_id == account_id)
    if after is not None:
        statement = statement.where(col(HintRequest.id) < after)
    return (await session.execute(statement)).scalars().all()


async def of_cohort(session: AsyncSession, cohort_id: UUID, hint_id: UUID) -> HintRequest | None:
    """One hint of a cohort's learners."""
    statement = select(HintRequest).where(HintRequest.id == hint_id, HintRequest.cohort_id == cohort_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def waiting(session: AsyncSession, hint_id: UUID, *, lock: bool = False) -> HintRequest | None:
    """A hint that nobody has made yet, whoever's it is."""
    statement = select(HintRequest).where(
        HintRequest.id == hint_id, HintRequest.state == HintState.WAITING.value
    )
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def misconception_figures(
    session: AsyncSession, assignment_ids: Sequence[UUID]
) -> dict[str, dict[int, MisconceptionFigures]]:
    """How the hints about each misconception fared in some assignments, by level; level 0 tells of none."""
    told = sa.and_(col(HintRequest.withheld).is_(False), col(HintRequest.level) > 0)
    keys = (col(HintRequest.misconception), col(HintRequest.level))
    statement = (
        sa.select(
            *keys,
            sa.func.count(),
            sa.func.count().filter(told),
            sa.func.count().filter(told, col(HintRequest.helpful).is_(True)),
            sa.func.count().filter(told, col(HintRequest.helpful).is_(False)),
        )
        .where(
            col(HintRequest.assignment_id).in_(assignment_ids),
            col(HintRequest.state) == HintState.GIVEN.value,
            col(HintRequest.misconception).is_not(None),
            col(HintRequest.correct).is_(False),
        )
        .group_by(*keys)
    )
    found: dict[str, dict[int, MisconceptionFigures]] = {}
    for name, level, *counts in await session.execute(statement):
        found.setdefault(str(name), {})[level] = MisconceptionFigures(*counts)
    return found


async def newest_words(
    session: AsyncSession, hub_id: UUID, lab_id: UUID, misconception: str | None = None
) -> dict[str, HintWords]:
    """The newest words that a hub gave to a lab's misconceptions, or to one; those without are left out."""
    statement = (
        select(HintWords)
        .where(HintWords.hub_id == hub_id, HintWords.lab_id == lab_id)
        .ext(distinct_on(col(HintWords.misconception)))
        .order_by(col(HintWords.misconception), col(HintWords.version).desc())
    )
    if misconception is not None:
        statement = statement.where(HintWords.misconception == misconception)
    return {row.misconception: row for row in (await session.execute(statement)).scalars()}


async def words_history(
    session: AsyncSession, hub_id: UUID, lab_id: UUID, misconception: str
) -> Sequence[HintWords]:
    """The words of one misconception, the last hundred of them, newest first."""
    statement = (
        select(HintWords)
        .where(
            HintWords.hub_id == hub_id, HintWords.lab_id == lab_id, HintWords.misconception == misconception
        )
        .order_by(col(HintWords.version).desc())
        .limit(100)
    )
    return (await session.execute(statement)).scalars().all()


async def add_words(session: AsyncSession, row: HintWords) -> bool:
    """Keep a version; False where there is one of that number, also of a transaction that ended just now."""
    statement = insert(HintWords).values(row.model_dump()).on_conflict_do_nothing()
    return (await session.execute(statement.returning(col(HintWords.id)))).scalar_one_or_none() is not None


async def newest_calibrations(
    session: AsyncSession, lab_version_ids: Sequence[UUID]
) -> dict[UUID, LabCalibration]:
    """The newest measurement of each of these lab versions that has one."""
    statement = (
        select(LabCalibration)
        .where(col(LabCalibration.lab_version_id).in_(lab_version_ids))
        .ext(distinct_on(col(LabCalibration.lab_version_id)))
        .order_by(col(LabCalibration.lab_version_id), col(LabCalibration.made_at).desc())
    )
    return {row.lab_version_id: row for row in (await session.execute(statement)).scalars()}
