"""All SQL of rooms: agreements, milestones, what is handed in, and messages."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.db.columns import new_id, now
from darsgah.projects.models import (
    AgreementAcceptance,
    AgreementText,
    Deliverable,
    MilestoneSubmission,
    ProjectAgreement,
    ProjectMessage,
    ProjectMilestone,
    ProjectReminder,
    ProjectRoom,
)


async def room(session: AsyncSession, project_id: UUID) -> ProjectRoom | None:
    """A project's room, if anything has happened in it."""
    statement = select(ProjectRoom).where(ProjectRoom.project_id == project_id)
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def lock_room(session: AsyncSession, project_id: UUID, hub_id: UUID) -> ProjectRoom:
    """A project's room, made where there is none, held until the transaction ends."""
    made = insert(ProjectRoom).values(project_id=project_id, hub_id=hub_id)
    await session.execute(made.on_conflict_do_nothing(index_elements=["project_id"]))
    statement = select(ProjectRoom).where(ProjectRoom.project_id == project_id).with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


async def texts(session: AsyncSession, hub_ids: Collection[UUID]) -> Sequence[AgreementText]:
    """The versions of some hubs' agreements, of each hub newest first."""
    statement = select(AgreementText).where(col(AgreementText.hub_id).in_(hub_ids))
    return (await session.execute(statement.order_by(col(AgreementText.number).desc()))).scalars().all()


async def newest_text(session: AsyncSession, hub_id: UUID) -> AgreementText | None:
    """The version of a hub's agreement that is used now."""
    statement = select(AgreementText).where(AgreementText.hub_id == hub_id)
    statement = statement.order_by(col(AgreementText.number).desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def agreement(session: AsyncSession, agreement_id: UUID) -> ProjectAgreement | None:
    """An agreement that somebody accepted."""
    return await session.get(ProjectAgreement, agreement_id)


async def agreement_of(session: AsyncSession, project_id: UUID, sha256: str) -> ProjectAgreement | None:
    """A project's agreement with those words."""
    statement = select(ProjectAgreement).where(
        ProjectAgreement.project_id == project_id, ProjectAgreement.sha256 == sha256
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def acceptances(session: AsyncSession, project_id: UUID) -> Sequence[AgreementAcceptance]:
    """Who accepted which agreement of a project, in the order they did."""
    statement = select(AgreementAcceptance).where(AgreementAcceptance.project_id == project_id)
    return (await session.execute(statement.order_by(col(AgreementAcceptance.id)))).scalars().all()


async def milestones(session: AsyncSession, project_id: UUID) -> Sequence[ProjectMilestone]:
    """The milestones of a project, in order."""
    statement = select(ProjectMilestone).where(ProjectMilestone.project_id == project_id)
    return (await session.execute(statement.order_by(col(ProjectMilestone.position)))).scalars().all()


async def milestones_of(
    session: AsyncSession, project_ids: Collection[UUID], *, since: date
) -> Sequence[ProjectMilestone]:
    """The milestones of some projects that are due on that day or after."""
    statement = select(ProjectMilestone).where(
        col(ProjectMilestone.project_id).in_(project_ids), col(ProjectMilestone.due_on) >= since
    )
    return (await session.execute(statement.order_by(col(ProjectMilestone.due_on)))).scalars().all()


async def milestone(session: AsyncSession, project_id: UUID, milestone_id: UUID) -> ProjectMilestone | None:
    """One milestone of a project, read anew."""
    statement = select(ProjectMilestone).where(
        ProjectMilestone.project_id == project_id, ProjectMilestone.id == milestone_id
    )
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def submissions(session: AsyncSession, milestone_id: UUID) -> Sequence[MilestoneSubmission]:
    """What was handed in for a milestone, newest first."""
    statement = select(MilestoneSubmission).where(MilestoneSubmission.milestone_id == milestone_id)
    statement = statement.order_by(col(MilestoneSubmission.number).desc())
    return (await session.execute(statement)).scalars().all()


async def submission_counts(session: AsyncSession, project_id: UUID) -> dict[UUID, int]:
    """How often something was handed in for each milestone of a project that something was handed in for."""
    statement = (
        select(col(MilestoneSubmission.milestone_id), sa.func.count())
        .where(MilestoneSubmission.project_id == project_id)
        .group_by(col(MilestoneSubmission.milestone_id))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def deliverables(session: AsyncSession, submission_ids: Collection[UUID]) -> Sequence[Deliverable]:
    """The files and links of some submissions, in order."""
    statement = select(Deliverable).where(col(Deliverable.submission_id).in_(submission_ids))
    statement = statement.order_by(col(Deliverable.submission_id), col(Deliverable.position))
    return (await session.execute(statement)).scalars().all()


async def deliverable(session: AsyncSession, project_id: UUID, deliverable_id: UUID) -> Deliverable | None:
    """One file or link of a project."""
    statement = select(Deliverable).where(
        Deliverable.project_id == project_id, Deliverable.id == deliverable_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def messages(
    session: AsyncSession, project_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[ProjectMessage]:
    """A project's messages, newest first, from the one before ``before`` on."""
    statement = select(ProjectMessage).where(ProjectMessage.project_id == project_id)
    if before is not None:
        statement = statement.where(col(ProjectMessage.id) < before)
    statement = statement.order_by(col(ProjectMessage.id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def remember_reminder(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Note that somebody is reminded of something; False when they were before."""
    statement = insert(ProjectReminder).values(sent_at=now(), **row).on_conflict_do_nothing()
    found = await session.execute(statement.returning(col(ProjectReminder.kind)))
    return found.scalar_one_or_none() is not None


async def add_text(session: AsyncSession, hub_id: UUID, body: str, body_ur: str, by: UUID) -> int:
    """Add a version of a hub's agreement; returns its number. Two at once: one of them fails."""
    last = await newest_text(session, hub_id)
    number = last.number + 1 if last else 1
    row = {"id": new_id(), "hub_id": hub_id, "number": number, "body": body, "body_ur": body_ur}
    await session.execute(sa.insert(AgreementText).values(made_by=by, made_at=now(), **row))
    return number
