"""The only two functions that change where a brief or a project stands, and what must be so for a move.

Both lock the brief first and then the project, so that two people at once act one after the other; both say
who may, demand a reason where one is needed, write the line of history, and tell those concerned.
"""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import queries, telling
from darsgah.briefs.checking import Finding, check
from darsgah.briefs.content import BriefContent
from darsgah.briefs.errors import (
    ApprovalsMissing,
    BriefChanged,
    BriefFull,
    MoveNotAllowed,
    NoTeams,
    NotYours,
    OrganisationNotVerified,
    ProjectsRunning,
    ReasonMissing,
)
from darsgah.briefs.lifecycle import (
    BEGIN,
    BY_NAME,
    ENDED,
    FIRST,
    INTERRUPTED,
    OPEN,
    Lane,
    Move,
    Stage,
    Who,
)
from darsgah.briefs.models import Brief, BriefApproval, BriefMove, BriefRound, Project
from darsgah.briefs.parts import parts, standing_behind, today_of
from darsgah.briefs.reading import content_of
from darsgah.db.columns import now
from darsgah.teams import service as teams
from darsgah.ui.language import Message

LONGEST_REASON = 2000
CHECKED = Message("What it found stands in the round.").text
"""The reason of the move that the automatic check makes where it finds something; its findings say more."""


class Standing(msgspec.Struct, frozen=True):
    """Where a brief or a project stands after a move; ``version`` is what the next change names."""

    id: UUID
    stage: Stage
    version: int


async def move_brief(
    session: AsyncSession,
    actor: Actor | None,
    brief_id: UUID,
    move: str,
    *,
    reason: str = "",
    version: int | None = None,
) -> Standing:
    """Move a brief.

    Handing in runs the automatic check, which moves the brief on at once.

    Args:
        actor: None is the platform itself.
        move: a name of the brief's lane in ``darsgah.briefs.lifecycle.MOVES``.
        version: of what the actor saw; None where they need not have seen it.

    Raises:
        NotYours: there is no such brief, or the actor is nothing to it.
        MoveNotAllowed: the machine has no such move from here, or not for the actor.
        ReasonMissing, BriefChanged: as they say.
        ApprovalsMissing, OrganisationNotVerified, NoTeams, ProjectsRunning: what the move needs is not so.
    """
    brief = await queries.brief_for_update(session, brief_id)
    if brief is None:
        raise NotYours
    held = await parts(session, actor, brief)
    step = _allowed(Lane.BRIEF, move, Stage(brief.stage), held)
    _require_version(brief, version)
    reason = _reason(step, reason)
    await _require_conditions(session, actor, brief, step)
    await _write(session, brief, None, step, actor=actor, reason=reason)
    if step.target is Stage.AUTOMATIC_CHECK and actor is not None:
        await _check_automatically(session, actor, brief)
    await session.flush()
    return Standing(brief.id, Stage(brief.stage), brief.version)


async def move_project(
    session: AsyncSession,
    actor: Actor | None,
    project_id: UUID,
    move: str,
    *,
    reason: str = "",
    version: int | None = None,
) -> Standing:
    """Move a project; with the last one at its end the brief closes.

    Raises:
        NotYours, MoveNotAllowed, ReasonMissing, BriefChanged: as for a brief.
    """
    found = await queries.project(session, project_id)
    brief = await queries.brief_for_update(session, found.brief_id) if found else None
    project = await queries.project_for_update(session, project_id)
    if brief is None or project is None:
        raise NotYours
    held = await parts_in_project(session, actor, brief, project)
    step = _allowed(Lane.PROJECT, move, Stage(project.stage), held)
    _require_version(project, version)
    await _write(session, brief, project, step, actor=actor, reason=_reason(step, reason))
    await session.flush()
    closing = Stage(project.stage) in ENDED and brief.stage == Stage.MATCHED.value
    if closing and not await queries.running_projects(session, brief.id):
        await move_brief(session, None, brief.id, "close")
    return Standing(project.id, Stage(project.stage), project.version)


async def begin_project(session: AsyncSession, actor: Actor, brief_id: UUID, team_id: UUID) -> UUID:
    """Begin a team's project: its dates are the brief's from now on, whatever happens to the brief.

    The caller confirms a matching: it has seen to gates and closes the team, and moves the brief to matched
    when all its teams have begun.

    Raises:
        NotYours: the actor is nothing to the brief, or there is none.
        MoveNotAllowed: the actor does not coordinate it, or it takes no teams now.
        OrganisationNotVerified: the organisation or the mentor is not, at present.
        BriefFull: it has as many teams as it takes.
    """
    brief = await queries.brief_for_update(session, brief_id)
    if brief is None:
        raise NotYours
    _allowed(Lane.BRIEF, "match", Stage(brief.stage), await parts(session, actor, brief))
    await _require_verified(session, brief)
    begun = await queries.projects(session, brief.id)
    if brief.starts_on is None or brief.ends_on is None or len(begun) >= (brief.capacity or 1):
        raise BriefFull
    project = Project(
        brief_id=brief.id,
        hub_id=brief.hub_id,
        team_id=team_id,
        matched_at=now(),
        starts_on=brief.starts_on,
        ends_on=brief.ends_on,
    )
    session.add(project)
    await session.flush()
    _line(session, brief, project, BEGIN, (None, FIRST[Lane.PROJECT]), actor=actor)
    await session.flush()
    return project.id


async def parts_in_project(
    session: AsyncSession, actor: Actor | None, brief: Brief, project: Project
) -> frozenset[Who]:
    """What the actor is to a project: what they are to its brief, or one of its team."""
    held = await parts(session, actor, brief)
    if actor is None:
        return held
    team = await teams.card(session, project.team_id)
    return held | {Who.TEAM} if actor.account_id in team.account_ids else held


def begin_history(session: AsyncSession, brief: Brief, actor: Actor) -> None:
    """Write the first line of a new brief's history."""
    _line(session, brief, None, BEGIN, (None, FIRST[Lane.BRIEF]), actor=actor)


def _allowed(lane: Lane, name: str, stage: Stage, held: frozenset[Who]) -> Move:
    step = BY_NAME.get((lane, name))
    if not held:
        raise NotYours
    if step is None or stage not in step.sources or not step.who & held:
        raise MoveNotAllowed
    return step


def _require_version(row: Brief | Project, version: int | None) -> None:
    if version is not None and version != row.version:
        raise BriefChanged(version=row.version)


def _reason(step: Move, reason: str) -> str:
    said = reason.replace("\0", "").strip()[:LONGEST_REASON]
    if step.reason_needed and not said:
        raise ReasonMissing(fields={"reason": Message("This is needed.")})
    return said


async def _require_conditions(session: AsyncSession, actor: Actor | None, brief: Brief, step: Move) -> None:
    """What a move needs beyond its stage and its maker."""
    if step.name == "publish":
        await _require_approvals(session, brief)
    elif step.name in ("open_applications", "match") or (step.name == "resume" and actor is not None):
        await _require_verified(session, brief)
    if step.name == "match" and not await queries.running_projects(session, brief.id):
        raise NoTeams
    if step.name == "close" and await queries.running_projects(session, brief.id):
        raise ProjectsRunning


async def _require_verified(session: AsyncSession, brief: Brief) -> None:
    if not all(await standing_behind(session, brief)):
        raise OrganisationNotVerified


async def _require_approvals(session: AsyncSession, brief: Brief) -> None:
    """See that all four are there, and write down the two that are verifications."""
    given = {row.kind for row in await queries.approvals(session, brief.id, brief.round)}
    verified = dict(zip(("organisation", "mentor"), await standing_behind(session, brief), strict=True))
    missing = [kind for kind, holds in verified.items() if not holds]
    missing += [kind for kind in ("brief", "hub") if kind not in given]
    if missing:
        raise ApprovalsMissing(missing=", ".join(missing))
    for kind in verified:
        session.add(BriefApproval(brief_id=brief.id, round=brief.round, kind=kind, at=now()))


async def _check_automatically(session: AsyncSession, actor: Actor, brief: Brief) -> None:
    """Keep the brief as it was handed in, check it, and move it on."""
    content = await content_of(session, brief)
    findings = check(content, today=await today_of(session, brief))
    brief.round += 1
    session.add(_round(actor, brief, content, findings))
    passed = BY_NAME[Lane.BRIEF, "fail_check" if findings else "pass_check"]
    await _write(session, brief, None, passed, actor=None, reason=CHECKED if findings else "")


def _round(actor: Actor, brief: Brief, content: BriefContent, findings: list[Finding]) -> BriefRound:
    found = [
        {"field": one.field, "code": one.code, "text": one.text.text, "values": dict(one.text.values)}
        for one in findings
    ]
    return BriefRound(
        brief_id=brief.id,
        number=brief.round,
        content=msgspec.to_builtins(content),
        findings=found,
        submitted_by=actor.account_id,
        submitted_at=now(),
    )


async def _write(
    session: AsyncSession,
    brief: Brief,
    project: Project | None,
    step: Move,
    *,
    actor: Actor | None,
    reason: str,
) -> None:
    """Change the stage, add the line, tell those concerned."""
    row = project or brief
    before = Stage(row.stage)
    target = step.target or Stage(row.resume_stage or before)
    if target in INTERRUPTED and before not in INTERRUPTED:
        row.resume_stage = before.value
    elif target not in INTERRUPTED:
        row.resume_stage = None
    row.stage = target.value
    row.version += 1
    if target in OPEN and brief.published_at is None:
        brief.published_at = now()
    _line(session, brief, project, step.name, (before, target), actor=actor, reason=reason)
    await session.flush()
    await telling.tell(session, brief, project, step, actor=actor, reason=reason)


def _line(
    session: AsyncSession,
    brief: Brief,
    project: Project | None,
    name: str,
    stages: tuple[Stage | None, Stage],
    *,
    actor: Actor | None,
    reason: str = "",
) -> None:
    before, target = stages
    session.add(
        BriefMove(
            brief_id=brief.id,
            project_id=project.id if project else None,
            name=name,
            from_stage=before.value if before else None,
            to_stage=target.value,
            by_id=actor.account_id if actor else None,
            at=now(),
            reason=reason,
        )
    )
