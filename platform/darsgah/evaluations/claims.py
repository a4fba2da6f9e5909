"""Technology readiness levels: a team claims one with evidence, an instructor confirms or refuses it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.briefs.lifecycle import Stage
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.evaluations import queries
from darsgah.evaluations.errors import ClaimDecided, ClaimWaiting
from darsgah.evaluations.models import TrlClaim
from darsgah.evaluations.schemas import ClaimDecision, ClaimView, NewClaim
from darsgah.notices import service as notices
from darsgah.projects.room import Part, coordinators, enter, require
from darsgah.ui.language import Message

CLAIMING = frozenset({Stage.KICKOFF, Stage.MILESTONES, Stage.FINAL_SUBMITTED})
"""Stages of a project in which its team claims levels, and those are decided."""


async def claim(
    session: AsyncSession, actor: Actor, project_id: UUID, new: NewClaim
) -> tuple[ClaimView, ...]:
    """Say that a level is reached, and show it.

    Raises:
        NotFound, and what ``require`` raises: it is not the actor's, or not the time.
        ClaimWaiting: one of that level waits, or was confirmed.
        MalformedInput: it says nothing.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.TEAM, stages=CLAIMING)
    if not new.statement.strip():
        raise MalformedInput(fields={"statement": Message("This is needed.")})
    if any(row.level == new.level and row.confirmed is not False for row in await rows(session, project_id)):
        raise ClaimWaiting
    session.add(
        TrlClaim(
            project_id=project_id,
            level=new.level,
            statement=new.statement.strip(),
            links=list(new.links),
            by_id=actor.account_id,
            at=now(),
        )
    )
    await session.flush()
    told = {"brief": room.project.title, "level": str(new.level)}
    whom = await coordinators(session, room.project.hub_id)
    await notices.tell(session, whom, "trl_claimed", told, f"/projects/{project_id}/evaluation")
    return await views(session, project_id)


async def decide(
    session: AsyncSession, actor: Actor, project_id: UUID, claim_id: UUID, decision: ClaimDecision
) -> tuple[ClaimView, ...]:
    """Confirm a claim, or refuse it with the reason.

    Raises:
        NotFound, and what ``require`` raises: it is not the actor's, or not the time.
        ClaimDecided: somebody did before.
        MalformedInput: a refusal without a reason.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.HUB, stages=CLAIMING)
    row = await queries.claim_for_update(session, project_id, claim_id)
    if row is None:
        raise NotFound
    if row.decided_at is not None:
        raise ClaimDecided
    if not decision.confirmed and not decision.note.strip():
        raise MalformedInput(fields={"note": Message("Say why, so that the team knows what to show.")})
    row.confirmed, row.note = decision.confirmed, decision.note.strip()
    row.decided_by, row.decided_at = actor.account_id, now()
    await session.flush()
    told = {"brief": room.project.title, "level": str(row.level)}
    kind = "trl_confirmed" if decision.confirmed else "trl_refused"
    await notices.tell(session, room.members, kind, told, f"/projects/{project_id}/evaluation")
    return await views(session, project_id)


async def rows(session: AsyncSession, project_id: UUID) -> list[TrlClaim]:
    """All claims of a project, oldest first; whoever asks has seen that it may be known."""
    return list(await queries.claims(session, project_id))


async def reached(session: AsyncSession, project_id: UUID) -> int | None:
    """The highest level that was confirmed."""
    return max((row.level for row in await rows(session, project_id) if row.confirmed), default=None)


async def views(session: AsyncSession, project_id: UUID) -> tuple[ClaimView, ...]:
    """The same as people of the project are shown them."""
    found = await rows(session, project_id)
    people = {row.by_id for row in found} | {row.decided_by for row in found if row.decided_by}
    names = await accounts.display_names(session, list(people))
    return tuple(
        ClaimView(
            id=row.id,
            level=row.level,
            statement=row.statement,
            links=tuple(row.links),
            by=names.get(row.by_id, ""),
            at=row.at,
            confirmed=row.confirmed,
            decided_by=names.get(row.decided_by, "") if row.decided_by else "",
            decided_at=row.decided_at,
            note=row.note,
        )
        for row in found
    )
