"""What the slices above know of a project: its stage and dates, what its brief promised, who mentors it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.briefs import queries
from darsgah.briefs.content import Milestone
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Brief, Project
from darsgah.organisations import service as organisations


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project with what its brief says; the caller decides who is shown what.

    Attributes:
        resume_stage: where a pause or a dispute leads back to.
        version: of the project, for the next move.
        mentor_id: whom the brief names, whether they stand or not (``mentors_stand``).
        gpu_hours: of the project together.
    """

    id: UUID
    brief_id: UUID
    hub_id: UUID
    team_id: UUID
    stage: Stage
    resume_stage: Stage | None
    version: int
    matched_at: datetime
    starts_on: date
    ends_on: date
    title: str
    title_ur: str
    organisation_id: UUID | None
    mentor_id: UUID | None
    data_licence: str
    ip_choice: str
    ai_policy: str
    ai_policy_note: str
    gpu_hours: int
    milestones: tuple[Milestone, ...]


async def card(session: AsyncSession, project_id: UUID) -> ProjectCard | None:
    """One project as it is now, whoever asks."""
    found = await _cards(session, col(Project.id) == project_id, limit=1)
    return found[0] if found else None


async def of_teams(session: AsyncSession, team_ids: Collection[UUID], limit: int) -> list[ProjectCard]:
    """The projects of some teams, newest first."""
    return await _cards(session, col(Project.team_id).in_(team_ids), limit=limit)


async def of_mentor(session: AsyncSession, account_id: UUID, limit: int) -> list[ProjectCard]:
    """The projects of the briefs that name somebody, newest first."""
    return await _cards(session, col(Brief.mentor_id) == account_id, limit=limit)


async def of_hubs(
    session: AsyncSession, hub_ids: Collection[UUID] | None, *, after: UUID | None, limit: int
) -> list[ProjectCard]:
    """The projects of some hubs, or of all without any, newest first, from the one after ``after`` on."""
    chosen: sa.ColumnElement[bool] = sa.true() if hub_ids is None else col(Project.hub_id).in_(hub_ids)
    if after is not None:
        chosen = sa.and_(chosen, col(Project.id) < after)
    return await _cards(session, chosen, limit=limit)


async def in_dispute(
    session: AsyncSession, hub_ids: Collection[UUID] | None, *, after: UUID | None, limit: int
) -> list[ProjectCard]:
    """Those of some hubs, or of all without any, about which there is a dispute, newest first."""
    chosen: sa.ColumnElement[bool] = col(Project.stage) == Stage.DISPUTED.value
    if hub_ids is not None:
        chosen = sa.and_(chosen, col(Project.hub_id).in_(hub_ids))
    if after is not None:
        chosen = sa.and_(chosen, col(Project.id) < after)
    return await _cards(session, chosen, limit=limit)


async def in_stages(
    session: AsyncSession, stages: Collection[Stage], *, after: UUID | None, limit: int
) -> list[ProjectCard]:
    """Projects in some stages, whoever's, newest first: for jobs that go through all of them in parts."""
    chosen: sa.ColumnElement[bool] = col(Project.stage).in_([stage.value for stage in stages])
    if after is not None:
        chosen = sa.and_(chosen, col(Project.id) < after)
    return await _cards(session, chosen, limit=limit)


async def mentors_stand(session: AsyncSession, brief_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of some briefs whose mentor acts for their organisation, with both verified at present."""
    briefs = await queries.briefs(session, brief_ids)
    found = await organisations.standings(session, {row.mentor_id for row in briefs if row.mentor_id})
    return frozenset(
        row.id
        for row in briefs
        if row.mentor_id in found
        and found[row.mentor_id].may_act
        and found[row.mentor_id].organisation_id == row.organisation_id
    )


async def came_to(
    session: AsyncSession, project_ids: Collection[UUID], stage: Stage
) -> dict[UUID, tuple[datetime, str]]:
    """When each of some projects last came to a stage, and the reason; without those that never did."""
    lines = await queries.last_moves_to(session, project_ids, stage)
    return {line.project_id: (line.at, line.reason) for line in lines if line.project_id}


async def stage_since(session: AsyncSession, card: ProjectCard) -> datetime:
    """When the project came to the stage that it is in."""
    lines = await queries.history(session, card.brief_id, card.id)
    return lines[-1].at if lines else card.matched_at


async def _cards(session: AsyncSession, chosen: sa.ColumnElement[bool], *, limit: int) -> list[ProjectCard]:
    statement = select(Project).join(Brief, col(Brief.id) == col(Project.brief_id)).where(chosen)
    statement = statement.order_by(col(Project.id).desc()).limit(limit)
    rows: Sequence[Project] = (
        (await session.execute(statement.execution_options(populate_existing=True))).scalars().all()
    )
    briefs = {row.id: row for row in await queries.briefs(session, {row.brief_id for row in rows})}
    return [_card(row, briefs[row.brief_id]) for row in rows]


def _card(row: Project, brief: Brief) -> ProjectCard:
    return ProjectCard(
        id=row.id,
        brief_id=row.brief_id,
        hub_id=row.hub_id,
        team_id=row.team_id,
        stage=Stage(row.stage),
        resume_stage=Stage(row.resume_stage) if row.resume_stage else None,
        version=row.version,
        matched_at=row.matched_at,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        title=brief.title,
        title_ur=brief.title_ur,
        organisation_id=brief.organisation_id,
        mentor_id=brief.mentor_id,
        data_licence=brief.data_licence,
        ip_choice=brief.ip_choice,
        ai_policy=brief.ai_policy,
        ai_policy_note=brief.ai_policy_note,
        gpu_hours=brief.gpu_hours or 0,
        milestones=msgspec.convert(tuple(brief.milestones), tuple[Milestone, ...]),
    )
