"""Both sides evaluate, hidden until both are in or the time is up; the hub confirms, and the project ends.

The mentor marks the work, everybody of the team the mentorship. Where nobody stands as the mentor any more,
a coordinator of the hub marks the work in their place. Every act locks the project's room first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.briefs import moving, reading
from darsgah.briefs.lifecycle import Stage
from darsgah.credentials.issuing import Issuing
from darsgah.db.columns import now
from darsgah.errors import MalformedInput
from darsgah.evaluations import awarding, claims, queries, rubrics
from darsgah.evaluations.errors import (
    AlreadyOpen,
    ClaimsWaiting,
    NotBeingEvaluated,
    NothingEvaluated,
    StillHidden,
)
from darsgah.evaluations.models import Evaluation, EvaluationRound
from darsgah.evaluations.schemas import (
    Confirmation,
    Criterion,
    Ending,
    EvaluationView,
    NewEvaluation,
    ProjectEvaluation,
    RoundView,
    Side,
)
from darsgah.notices import service as notices
from darsgah.projects.room import Part, Room, enter, require
from darsgah.ui.language import Message

TIME: Final = timedelta(days=14)
"""How long both sides have; after it what is in is shown."""
EVALUATING = frozenset({Stage.FINAL_SUBMITTED})
ENDING = frozenset({Stage.EVALUATED})


async def view(session: AsyncSession, actor: Actor, project_id: UUID) -> ProjectEvaluation:
    """How a project ends, as the actor may see it.

    Raises:
        NotFound: the actor is nothing to the project.
    """
    room = await enter(session, actor, project_id)
    row = await _round(session, room)
    found = await claims.views(session, project_id)
    agreed = room.signed_at is not None and (room.part is Part.HUB or actor.account_id in room.accepted)
    evaluating = room.project.stage in EVALUATING and agreed
    hub = room.part is Part.HUB
    shown = await _round_view(session, actor, room, row) if row else None
    work = shown is not None and any(one.side is Side.MENTOR for one in shown.evaluations)
    return ProjectEvaluation(
        project_id=project_id,
        title=room.project.title,
        title_ur=room.project.title_ur,
        stage=room.project.stage,
        version=room.project.version,
        timezone=room.hub.timezone,
        team=room.team.name,
        round=shown,
        claims=found,
        may_evaluate=evaluating and shown is not None and shown.side is not None and not shown.open,
        may_claim=agreed and room.part is Part.TEAM and room.project.stage in claims.CLAIMING,
        may_decide=hub and agreed and room.project.stage in claims.CLAIMING,
        may_confirm=hub and evaluating and work and shown is not None and shown.open,
        may_end=hub and agreed and room.project.stage in ENDING,
    )


async def evaluate(
    session: AsyncSession, actor: Actor, project_id: UUID, new: NewEvaluation
) -> ProjectEvaluation:
    """Give one's marks, or others than before; possible until both sides can see them.

    Raises:
        NotFound, and what ``require`` raises: it is not the actor's.
        NotBeingEvaluated, AlreadyOpen: not the time.
        MalformedInput: not one mark for each criterion.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor)
    row = await _round(session, room)
    if room.project.stage not in EVALUATING or row is None:
        raise NotBeingEvaluated
    if is_open(row):
        raise AlreadyOpen
    side = _side(room)
    require(room, actor, Part.TEAM, room.decider)
    assert side is not None  # noqa: S101 # those parts have one
    if len(new.marks) != len(_criteria(row, side)):
        raise MalformedInput(fields={"marks": Message("Give one mark for each criterion.")})
    given = await queries.evaluations(session, row.id)
    own = next((one for one in given if one.account_id == actor.account_id), None)
    if own is None:
        own = Evaluation(
            round_id=row.id, account_id=actor.account_id, side=side.value, marks=[], submitted_at=now()
        )
        session.add(own)
    own.marks, own.comment, own.submitted_at = list(new.marks), new.comment.strip(), now()
    await session.flush()
    given = await queries.evaluations(session, row.id)
    work = _work(room, given)
    if work is not None and _all_of_team_in(room, given):
        row.revealed_at, work.counts = now(), True
        await session.flush()
        told = {"brief": room.project.title}
        link = f"/projects/{project_id}/evaluation"
        await notices.tell(session, room.members, "evaluations_open", told, link)
    return await view(session, actor, project_id)


async def confirm(
    session: AsyncSession, actor: Actor, project_id: UUID, wanted: Confirmation
) -> ProjectEvaluation:
    """Confirm what was evaluated, and the level that was reached; the project is evaluated then.

    Raises:
        NotFound, and what ``require`` raises: it is not the hub's, or not the time.
        NotBeingEvaluated, StillHidden, NothingEvaluated, ClaimsWaiting: as they say.
        BriefChanged: the project moved meanwhile.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.HUB)
    row = await _round(session, room)
    if room.project.stage not in EVALUATING or row is None:
        raise NotBeingEvaluated
    if not is_open(row):
        raise StillHidden
    given = await queries.evaluations(session, row.id)
    work = _work(room, given)
    if work is None:
        raise NothingEvaluated
    waiting = [one for one in await claims.rows(session, project_id) if one.decided_at is None]
    if waiting:
        raise ClaimsWaiting(count=len(waiting))
    row.confirmed_by, row.confirmed_at, row.note = actor.account_id, now(), wanted.note.strip()
    row.trl, work.counts = await claims.reached(session, project_id), True
    await session.flush()
    await moving.move_project(session, actor, project_id, "evaluate", reason=row.note, version=wanted.version)
    return await view(session, actor, project_id)


async def end(
    session: AsyncSession, issuing: Issuing, actor: Actor, project_id: UUID, wanted: Ending
) -> ProjectEvaluation:
    """Award the team its credentials and close the project, or close it without them for a reason.

    Raises:
        NotFound, and what ``require`` raises: it is not the hub's, or not the time.
        ReasonMissing, BriefChanged: as they say.
        KeyLocked: the hub's key cannot be opened here.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.HUB, stages=ENDING)
    row = await _round(session, room)
    if not wanted.award or row is None:
        await moving.move_project(
            session,
            actor,
            project_id,
            "close_without_credential",
            reason=wanted.reason,
            version=wanted.version,
        )
        return await view(session, actor, project_id)
    work = _work(room, await queries.evaluations(session, row.id))
    if work is None:
        raise NothingEvaluated
    await moving.move_project(session, actor, project_id, "credential", version=wanted.version)
    marked = awarding.Marked(_criteria(row, Side.MENTOR), tuple(work.marks), work.account_id, row.trl)
    await awarding.award_team(session, issuing, actor, room, marked)
    await moving.move_project(session, actor, project_id, "close")
    return await view(session, actor, project_id)


async def _round(session: AsyncSession, room: Room) -> EvaluationRound | None:
    """The evaluation of the final result; begun by the first who looks after it was submitted.

    A pause or a dispute in between begins no other.
    """
    if room.project.stage in EVALUATING:
        lines = await reading.history(session, room.project.brief_id, room.project.id)
        opened_at = max(line.at for line in lines if line.name == "submit_final")
        if not await queries.round_begun(session, room.project.id, opened_at):
            await _begin(session, room, opened_at)
    return await queries.round_of(session, room.project.id)


async def _begin(session: AsyncSession, room: Room, opened_at: datetime) -> None:
    _, mentor = await rubrics.rubric(session, room.hub.id, Side.MENTOR)
    _, team = await rubrics.rubric(session, room.hub.id, Side.TEAM)
    begun = EvaluationRound(
        project_id=room.project.id,
        hub_id=room.hub.id,
        opened_at=opened_at,
        due_at=opened_at + TIME,
        mentor_criteria=list(msgspec.to_builtins(mentor)),
        team_criteria=list(msgspec.to_builtins(team)),
    )
    await queries.begin_round(session, begun)


def _side(room: Room) -> Side | None:
    """On which side somebody in that room evaluates."""
    if room.part is Part.TEAM:
        return Side.TEAM
    return Side.MENTOR if room.part is room.decider else None


def is_open(row: EvaluationRound) -> bool:
    """Whether both sides may see all of it: both are in, or the time is up."""
    return row.revealed_at is not None or now() >= row.due_at


def _all_of_team_in(room: Room, given: Sequence[Evaluation]) -> bool:
    team = {one.account_id for one in given if one.side == Side.TEAM.value}
    return bool(team) and team >= room.team.account_ids


def _work(room: Room, given: Sequence[Evaluation]) -> Evaluation | None:
    """The evaluation of the work that counts.

    What was settled stays. Before, it is the mentor's who stands now; where none does, it is what the hub
    gave last, and not what somebody gave who was the mentor once.
    """
    work = [one for one in given if one.side == Side.MENTOR.value]
    settled = next((one for one in work if one.counts), None)
    if settled is not None:
        return settled
    if room.mentor_id is not None:
        return next((one for one in work if one.account_id == room.mentor_id), None)
    hub = [one for one in work if one.account_id != room.project.mentor_id]
    return max(hub, key=lambda one: one.submitted_at, default=None)


def _criteria(row: EvaluationRound, side: Side) -> tuple[Criterion, ...]:
    kept = row.mentor_criteria if side is Side.MENTOR else row.team_criteria
    return msgspec.convert(kept, tuple[Criterion, ...])


async def _round_view(session: AsyncSession, actor: Actor, room: Room, row: EvaluationRound) -> RoundView:
    given = await queries.evaluations(session, row.id)
    shown = await evaluation_views(session, given)
    pairs = zip(given, shown, strict=True)
    own = next((found for one, found in pairs if one.account_id == actor.account_id), None)
    names = await accounts.display_names(session, [row.confirmed_by] if row.confirmed_by else [])
    return RoundView(
        opened_at=row.opened_at,
        due_at=row.due_at,
        side=_side(room),
        criteria={side: _criteria(row, side) for side in Side},
        own=own,
        open=is_open(row),
        given={side: sum(one.side == side.value for one in given) for side in Side},
        asked={Side.MENTOR: 1, Side.TEAM: len(room.team.account_ids)},
        evaluations=shown if is_open(row) else (),
        confirmed_by=names.get(row.confirmed_by, "") if row.confirmed_by else "",
        confirmed_at=row.confirmed_at,
        note=row.note,
        trl=row.trl,
    )


async def evaluation_views(session: AsyncSession, given: Sequence[Evaluation]) -> tuple[EvaluationView, ...]:
    """Evaluations with names, for whoever may see them."""
    names = await accounts.display_names(session, list({one.account_id for one in given}))
    return tuple(
        EvaluationView(
            by=names.get(one.account_id, ""),
            side=Side(one.side),
            marks=tuple(one.marks),
            mean=sum(one.marks) / len(one.marks),
            comment=one.comment,
            submitted_at=one.submitted_at,
            counts=one.counts or one.side == Side.TEAM.value,
        )
        for one in given
    )
