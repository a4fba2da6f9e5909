"""All SQL of the enrolments slice, and who may see which cohort."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.enrolments.models import Assignment, Cohort, Enrolment

STAFF = (Role.INSTRUCTOR, Role.HUB_ADMIN)
"""Roles in a hub that see everything in the hub's cohorts."""


def staffed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Cohorts that the actor teaches or runs: those of their hubs, or all for network roles."""
    if actor.holds(*NETWORK_ROLES):
        return sa.true()
    hubs = actor.hubs(*STAFF)
    return col(Cohort.hub_id).in_(hubs) if hubs else sa.false()


def joined_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Cohorts in which the actor has a place."""
    return col(Cohort.id).in_(
        select(col(Enrolment.cohort_id)).where(
            Enrolment.account_id == actor.account_id, Enrolment.state == "active"
        )
    )


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Cohorts that the actor may see at all."""
    return sa.or_(staffed_by(actor), joined_by(actor))


async def cohorts(
    session: AsyncSession,
    actor: Actor,
    belonging: sa.ColumnElement[bool],
    *,
    after: UUID | None,
    limit: int,
) -> list[tuple[Cohort, bool, bool]]:
    """Cohorts, newest first, each with whether the actor staffs it and whether they learn in it.

    Args:
        belonging: ``staffed_by`` or ``joined_by``. Each has an index that answers it; either of the two at
            once would have every cohort of the network looked at.
    """
    statement = (
        select(Cohort, staffed_by(actor), joined_by(actor))
        .where(belonging)
        .order_by(col(Cohort.id).desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Cohort.id) < after)
    return [(cohort, staff, learner) for cohort, staff, learner in await session.execute(statement)]


async def cohort(session: AsyncSession, actor: Actor, cohort_id: UUID) -> tuple[Cohort, bool, bool] | None:
    """One visible cohort, with whether the actor staffs it and whether they learn in it."""
    statement = select(Cohort, staffed_by(actor), joined_by(actor)).where(
        Cohort.id == cohort_id, visible_to(actor)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def cohort_by_name(
    session: AsyncSession, hub_id: UUID, course_version_id: UUID, name: str
) -> Cohort | None:
    """The hub's cohort of that course version and name."""
    statement = select(Cohort).where(
        Cohort.hub_id == hub_id, Cohort.course_version_id == course_version_id, Cohort.name == name
    )
    return (await session.execute(statement)).scalars().first()


async def cohort_of_course(
    session: AsyncSession, hub_id: UUID, course_version_ids: Sequence[UUID], name: str
) -> UUID | None:
    """The hub's newest cohort of that name that runs one of those course versions."""
    statement = (
        select(col(Cohort.id))
        .where(
            Cohort.hub_id == hub_id,
            col(Cohort.course_version_id).in_(course_version_ids),
            Cohort.name == name,
        )
        .order_by(col(Cohort.id).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def members(session: AsyncSession, cohort_id: UUID) -> Sequence[UUID]:
    """The accounts that have or had a place in a cohort."""
    statement = select(col(Enrolment.account_id)).where(Enrolment.cohort_id == cohort_id)
    return (await session.execute(statement)).scalars().all()


async def assignments(session: AsyncSession, cohort_ids: Sequence[UUID]) -> Sequence[Assignment]:
    """The assignments of some cohorts, in order."""
    statement = (
        select(Assignment)
        .where(col(Assignment.cohort_id).in_(cohort_ids))
        .order_by(col(Assignment.cohort_id), col(Assignment.position))
    )
    return (await session.execute(statement)).scalars().all()


async def assignment(session: AsyncSession, assignment_id: UUID) -> Assignment | None:
    """One assignment, whoever asks: the caller checks its cohort."""
    return await session.get(Assignment, assignment_id)


async def assignments_on(
    session: AsyncSession, hub_id: UUID, lab_version_ids: Sequence[UUID]
) -> Sequence[UUID]:
    """The assignments in a hub that give one of these lab versions."""
    statement = select(col(Assignment.id)).where(
        Assignment.hub_id == hub_id, col(Assignment.lab_version_id).in_(lab_version_ids)
    )
    return (await session.execute(statement)).scalars().all()


async def lab_versions_given(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The lab version that each of these assignments gives."""
    statement = select(col(Assignment.id), col(Assignment.lab_version_id)).where(col(Assignment.id).in_(ids))
    return {row[0]: row[1] for row in await session.execute(statement)}


async def is_member(session: AsyncSession, cohort_id: UUID, account_id: UUID) -> bool:
    """Whether somebody has or had a place in a cohort."""
    statement = select(col(Enrolment.id)).where(
        Enrolment.cohort_id == cohort_id, Enrolment.account_id == account_id
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def cohort_for_update(session: AsyncSession, cohort_id: UUID) -> Cohort | None:
    """The cohort, locked, so that its places are counted one by one."""
    return (
        await session.execute(select(Cohort).where(Cohort.id == cohort_id).with_for_update())
    ).scalar_one_or_none()


async def lock_place(session: AsyncSession, cohort_id: UUID, account_id: UUID) -> bool:
    """Lock somebody's active place until the transaction ends; False when they have none."""
    statement = (
        select(col(Enrolment.id))
        .where(
            Enrolment.cohort_id == cohort_id, Enrolment.account_id == account_id, Enrolment.state == "active"
        )
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def labs_taught_by(session: AsyncSession, actor: Actor, most: int) -> Sequence[UUID]:
    """The lab versions given to cohorts that the actor teaches or runs, newest first."""
    statement = (
        select(col(Assignment.lab_version_id))
        .join(Cohort, col(Cohort.id) == col(Assignment.cohort_id))
        .where(staffed_by(actor))
        .distinct()
        .order_by(col(Assignment.lab_version_id).desc())
        .limit(most)
    )
    return (await session.execute(statement)).scalars().all()


async def labs_in_use(session: AsyncSession, today: date) -> Sequence[UUID]:
    """The lab versions given to cohorts that have not ended."""
    statement = (
        select(col(Assignment.lab_version_id))
        .join(Cohort, col(Cohort.id) == col(Assignment.cohort_id))
        .where(sa.or_(col(Cohort.ends_on).is_(None), col(Cohort.ends_on) >= today))
        .distinct()
    )
    return (await session.execute(statement)).scalars().all()


async def teaches_lab(session: AsyncSession, actor: Actor, lab_version_id: UUID) -> bool:
    """Whether a cohort that the actor teaches or runs was given that lab version."""
    statement = (
        select(col(Assignment.id))
        .join(Cohort, col(Cohort.id) == col(Assignment.cohort_id))
        .where(Assignment.lab_version_id == lab_version_id, staffed_by(actor))
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def cohort_row(session: AsyncSession, cohort_id: UUID) -> Cohort | None:
    """One cohort, whoever asks."""
    return await session.get(Cohort, cohort_id)


async def active_members(session: AsyncSession, cohort_id: UUID) -> Sequence[UUID]:
    """The accounts that have a place in a cohort now."""
    statement = select(col(Enrolment.account_id)).where(
        Enrolment.cohort_id == cohort_id, Enrolment.state == "active"
    )
    return (await session.execute(statement)).scalars().all()


async def learners_of_hub(
    session: AsyncSession, hub_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """The accounts that have an active place in a cohort of the hub, by id."""
    statement = (
        select(col(Enrolment.account_id))
        .where(Enrolment.hub_id == hub_id, Enrolment.state == "active")
        .distinct()
        .order_by(col(Enrolment.account_id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(Enrolment.account_id) > after)
    return (await session.execute(statement)).scalars().all()


async def learns_in(session: AsyncSession, account_id: UUID, hub_id: UUID) -> bool:
    """Whether somebody has an active place in a cohort of the hub."""
    statement = (
        select(col(Enrolment.id))
        .where(Enrolment.account_id == account_id, Enrolment.hub_id == hub_id, Enrolment.state == "active")
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None
