"""All SQL of the briefs slice, and who may see which brief."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col, select

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.briefs.content import Gate, Mode, Place
from darsgah.briefs.lifecycle import ENDED, OPEN, SHOWN, Stage
from darsgah.briefs.models import (
    Brief,
    BriefApproval,
    BriefGate,
    BriefMove,
    BriefReview,
    BriefRound,
    BriefThreshold,
    Project,
)
from darsgah.briefs.schemas import Wanted

COORDINATORS = (Role.INSTRUCTOR, Role.HUB_ADMIN)
"""Roles in a hub whose holders look after its briefs."""
FINDERS = (Role.LEARNER, *COORDINATORS, *NETWORK_ROLES)
"""Who looks for briefs, and reads those of others: mentors see their own alone."""
_SIMPLE: sa.ColumnClause[str] = sa.literal_column("'simple'::regconfig")
_ENGLISH: sa.ColumnClause[str] = sa.literal_column("'english'::regconfig")
_BRIEF = select(Brief).options(defer(Brief.search))


def run_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Briefs of the hubs that the actor coordinates, or all for network roles; unwritten ones included."""
    if actor.holds(*NETWORK_ROLES):
        return sa.true()
    hubs = actor.hubs(*COORDINATORS)
    return col(Brief.hub_id).in_(hubs) if hubs else sa.false()


def written_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Briefs that name the actor as their mentor."""
    return col(Brief.mentor_id) == actor.account_id


def shown_to(actor: Actor, team_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Briefs that the actor may read: run or written by them, published ones, and those of their projects.

    Args:
        team_ids: the actor's teams.
    """
    own = select(col(Project.brief_id)).where(col(Project.team_id).in_(team_ids))
    finds = sa.true() if actor.holds(*FINDERS) else sa.false()
    published = sa.and_(finds, col(Brief.published_at).is_not(None), col(Brief.stage).in_([*map(str, SHOWN)]))
    return sa.or_(run_by(actor), written_by(actor), published, col(Brief.id).in_(own))


async def visible(
    session: AsyncSession, actor: Actor, team_ids: Collection[UUID], brief_id: UUID
) -> Brief | None:
    """One brief that the actor may read."""
    statement = _BRIEF.where(col(Brief.id) == brief_id, shown_to(actor, team_ids))
    return (await session.execute(statement)).scalar_one_or_none()


async def brief(session: AsyncSession, brief_id: UUID) -> Brief | None:
    """One brief, whoever asks."""
    return (await session.execute(_BRIEF.where(col(Brief.id) == brief_id))).scalar_one_or_none()


async def briefs(session: AsyncSession, ids: Collection[UUID], *, lock: bool = False) -> Sequence[Brief]:
    """Some briefs, whoever asks, in the order of their ids; ``lock`` has who would move them wait."""
    statement = _BRIEF.where(col(Brief.id).in_(ids)).order_by(col(Brief.id))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalars().all()


async def brief_for_update(session: AsyncSession, brief_id: UUID) -> Brief | None:
    """One brief, locked and read anew: stages and texts change one by one."""
    statement = (
        _BRIEF.where(col(Brief.id) == brief_id).with_for_update().execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def invited_for_update(session: AsyncSession, invitation: bytes) -> Brief | None:
    """The brief of an invitation, locked."""
    statement = (
        _BRIEF.where(col(Brief.invitation) == invitation)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def invited(session: AsyncSession, invitation: bytes) -> Brief | None:
    """The brief of an invitation."""
    return (await session.execute(_BRIEF.where(col(Brief.invitation) == invitation))).scalar_one_or_none()


async def own(session: AsyncSession, actor: Actor, *, after: UUID | None, limit: int) -> Sequence[Brief]:
    """The briefs that name the actor, newest first."""
    statement = _BRIEF.where(written_by(actor)).order_by(col(Brief.id).desc()).limit(limit)
    if after is not None:
        statement = statement.where(col(Brief.id) < after)
    return (await session.execute(statement)).scalars().all()


async def run(
    session: AsyncSession, actor: Actor, stage: Stage | None, *, after: UUID | None, limit: int
) -> Sequence[Brief]:
    """The briefs that the actor coordinates, newest first; of one stage or of all."""
    statement = _BRIEF.where(run_by(actor)).order_by(col(Brief.id).desc()).limit(limit)
    if stage is not None:
        statement = statement.where(col(Brief.stage) == stage.value)
    if after is not None:
        statement = statement.where(col(Brief.id) < after)
    return (await session.execute(statement)).scalars().all()


async def stage_counts(session: AsyncSession, actor: Actor) -> dict[Stage, int]:
    """How many briefs that the actor coordinates are in each stage."""
    statement = select(col(Brief.stage), sa.func.count()).where(run_by(actor)).group_by(col(Brief.stage))
    return {Stage(stage): count for stage, count in await session.execute(statement)}


async def found(
    session: AsyncSession,
    wanted: Wanted,
    place: tuple[datetime, UUID] | None,
    *,
    until: date,
    limit: int,
) -> Sequence[Brief]:
    """Open briefs that fit and take applications on that day or later, newest first, after ``place``."""
    statement = _BRIEF.where(
        _open(), sa.or_(col(Brief.apply_until).is_(None), col(Brief.apply_until) >= until)
    )
    words, skill = wanted.words.replace("\0", " ").strip(), " ".join(wanted.skill.casefold().split())
    if words:
        plain = sa.func.plain_letters(words)
        said = sa.func.websearch_to_tsquery(_SIMPLE, plain).op("||")(
            sa.func.websearch_to_tsquery(_ENGLISH, plain)
        )
        statement = statement.where(col(Brief.search).op("@@")(said))
    if skill:
        asked = sa.func.jsonb_build_array(sa.cast(skill.replace("\0", ""), sa.Text))
        statement = statement.where(col(Brief.skills).op("@>")(asked))
    if wanted.hub_id is not None:
        statement = statement.where(col(Brief.hub_id) == wanted.hub_id)
    if wanted.remote:
        statement = statement.where(col(Brief.place).in_([Place.REMOTE.value, Place.MIXED.value]))
    if wanted.trl is not None:
        statement = statement.where(col(Brief.trl_in) <= wanted.trl, col(Brief.trl_target) >= wanted.trl)
    if wanted.hours is not None:
        statement = statement.where(col(Brief.hours_week) <= wanted.hours)
    newest = (col(Brief.published_at), col(Brief.id))
    if place is not None:
        statement = statement.where(sa.tuple_(*newest) < sa.tuple_(*place))
    statement = statement.order_by(*(column.desc() for column in newest)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def published(session: AsyncSession, brief_id: UUID) -> tuple[datetime, UUID] | None:
    """A brief's place in the order in which briefs are found."""
    statement = select(col(Brief.published_at)).where(col(Brief.id) == brief_id)
    moment = (await session.execute(statement)).scalar_one_or_none()
    return (moment, brief_id) if moment is not None else None


async def skills(session: AsyncSession, most: int) -> list[str]:
    """The skills that open briefs ask for, in order."""
    each = sa.func.jsonb_array_elements_text(col(Brief.skills)).table_valued("value")
    statement = sa.select(each.c.value).select_from(sa.join(Brief, each, sa.true())).where(_open()).distinct()
    return list((await session.execute(statement.order_by(each.c.value).limit(most))).scalars())


def _open() -> sa.ColumnElement[bool]:
    """Briefs that learners can find."""
    return col(Brief.stage).in_([*map(str, OPEN)])


async def past_their_time(
    session: AsyncSession, today: date, hub_ids: Collection[UUID], limit: int
) -> Sequence[UUID]:
    """Briefs of some hubs, in which it is that day, to which teams still come although their time is over.

    Where nobody applied, that is the last day for it. Where somebody did, or the hub assigns teams, the match
    comes after that day, and may be late: until the project would have ended.
    """
    waits = sa.or_(
        col(Brief.stage) == Stage.APPLICATIONS.value,
        col(Brief.resume_stage).is_not_distinct_from(Stage.APPLICATIONS.value),
        col(Brief.mode) == Mode.ASSIGNED.value,
    )
    over = sa.or_(sa.and_(~waits, col(Brief.apply_until) < today), col(Brief.ends_on) < today)
    statement = (
        select(col(Brief.id))
        .where(
            col(Brief.hub_id).in_(hub_ids), col(Brief.stage).in_([*map(str, OPEN), Stage.PAUSED.value]), over
        )
        .order_by(col(Brief.id))
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def open_briefs(
    session: AsyncSession, organisation_id: UUID, mentor_id: UUID | None
) -> Sequence[Brief]:
    """An organisation's briefs that learners can find; those of one mentor, where one is given."""
    statement = _BRIEF.where(_open(), col(Brief.organisation_id) == organisation_id).order_by(col(Brief.id))
    if mentor_id is not None:
        statement = statement.where(col(Brief.mentor_id) == mentor_id)
    return (await session.execute(statement)).scalars().all()


async def open_of_hub(session: AsyncSession, hub_id: UUID) -> Sequence[Brief]:
    """Briefs of a hub that teams can come to, in the order of their ids."""
    statement = _BRIEF.where(col(Brief.hub_id) == hub_id, col(Brief.stage).in_([*map(str, OPEN)]))
    return (await session.execute(statement.order_by(col(Brief.id)))).scalars().all()


async def gates(session: AsyncSession, brief_ids: Collection[UUID]) -> dict[UUID, tuple[Gate, ...]]:
    """The gates of some briefs, in the order that they were written in."""
    statement = select(BriefGate).where(col(BriefGate.brief_id).in_(brief_ids)).order_by(col(BriefGate.id))
    found: dict[UUID, tuple[Gate, ...]] = {}
    for row in (await session.execute(statement)).scalars():
        found[row.brief_id] = (*found.get(row.brief_id, ()), Gate(row.lab_id, row.share, row.unit_id))
    return found


async def replace_gates(session: AsyncSession, brief_id: UUID, wanted: Sequence[Gate]) -> None:
    """Write a brief's gates anew."""
    await session.execute(sa.delete(BriefGate).where(col(BriefGate.brief_id) == brief_id))
    session.add_all(
        BriefGate(brief_id=brief_id, lab_id=gate.lab_id, unit_id=gate.unit_id, share=gate.share)
        for gate in wanted
    )
    await session.flush()


async def rounds(session: AsyncSession, brief_id: UUID) -> Sequence[BriefRound]:
    """A brief as it was submitted each time, oldest first."""
    statement = select(BriefRound).where(BriefRound.brief_id == brief_id).order_by(col(BriefRound.number))
    return (await session.execute(statement)).scalars().all()


async def reviews(session: AsyncSession, brief_id: UUID) -> Sequence[BriefReview]:
    """What coordinators thought of a brief, round by round."""
    statement = (
        select(BriefReview)
        .where(BriefReview.brief_id == brief_id)
        .order_by(col(BriefReview.round), col(BriefReview.at), col(BriefReview.id))
    )
    return (await session.execute(statement)).scalars().all()


async def review(session: AsyncSession, brief_id: UUID, number: int, reviewer_id: UUID) -> BriefReview | None:
    """What one of them wrote in one round."""
    statement = select(BriefReview).where(
        BriefReview.brief_id == brief_id, BriefReview.round == number, BriefReview.reviewer_id == reviewer_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def approvals(session: AsyncSession, brief_id: UUID, number: int) -> Sequence[BriefApproval]:
    """The approvals that are written down for one round."""
    statement = select(BriefApproval).where(BriefApproval.brief_id == brief_id, BriefApproval.round == number)
    return (await session.execute(statement)).scalars().all()


async def drop_approval(session: AsyncSession, brief_id: UUID, number: int, kind: str) -> None:
    """Take an approval back."""
    await session.execute(
        sa.delete(BriefApproval).where(
            col(BriefApproval.brief_id) == brief_id,
            col(BriefApproval.round) == number,
            col(BriefApproval.kind) == kind,
        )
    )


async def history(session: AsyncSession, brief_id: UUID, project_id: UUID | None) -> Sequence[BriefMove]:
    """The history of a brief, or of one of its projects, oldest first."""
    same = col(BriefMove.project_id).is_(None) if project_id is None else BriefMove.project_id == project_id
    statement = select(BriefMove).where(BriefMove.brief_id == brief_id, same).order_by(col(BriefMove.id))
    return (await session.execute(statement)).scalars().all()


async def last_moves_to(
    session: AsyncSession, project_ids: Collection[UUID], stage: Stage
) -> Sequence[BriefMove]:
    """Of each of some projects the last line of history that led to a stage."""
    statement = (
        select(BriefMove)
        .ext(distinct_on(col(BriefMove.project_id)))
        .where(col(BriefMove.project_id).in_(project_ids), BriefMove.to_stage == stage.value)
        .order_by(col(BriefMove.project_id), col(BriefMove.id).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def threshold(session: AsyncSession, hub_id: UUID) -> BriefThreshold | None:
    """What a hub asks of a review, where it has set it."""
    return await session.get(BriefThreshold, hub_id, populate_existing=True)


async def set_threshold(session: AsyncSession, row: BriefThreshold) -> None:
    """Write what a hub asks, over what it asked before; of two at once the last counts."""
    values = row.model_dump()
    written = insert(BriefThreshold).values(**values)
    await session.execute(written.on_conflict_do_update(index_elements=["hub_id"], set_=values))


async def project(session: AsyncSession, project_id: UUID) -> Project | None:
    """One project, whoever asks."""
    return await session.get(Project, project_id)


async def project_for_update(session: AsyncSession, project_id: UUID) -> Project | None:
    """One project, locked and read anew; its brief is locked before."""
    statement = (
        select(Project)
        .where(Project.id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def projects(session: AsyncSession, brief_id: UUID) -> Sequence[Project]:
    """The projects of a brief, in the order of the match."""
    statement = select(Project).where(Project.brief_id == brief_id).order_by(col(Project.id))
    return (await session.execute(statement)).scalars().all()


async def running_projects(session: AsyncSession, brief_id: UUID) -> int:
    """How many projects of a brief are not at an end."""
    statement = select(sa.func.count()).where(
        Project.brief_id == brief_id, col(Project.stage).not_in([*map(str, ENDED)])
    )
    return (await session.execute(statement)).scalar_one()
