"""Who is told of which move, and with which words (``darsgah.notices.kinds``)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.briefs import queries
from darsgah.briefs.lifecycle import Lane, Move, Who
from darsgah.briefs.models import Brief, Project
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices
from darsgah.teams import service as teams

_MENTOR, _HUB = frozenset({Who.MENTOR}), frozenset({Who.COORDINATOR})
_TEAM, _BOTH = frozenset({Who.TEAM}), frozenset({Who.MENTOR, Who.COORDINATOR})
_ALL = frozenset({Who.MENTOR, Who.COORDINATOR, Who.TEAM})
TOLD: Mapping[tuple[Lane, str], tuple[str, frozenset[Who]]] = {
    (Lane.BRIEF, "pass_check"): ("brief_to_review", _HUB),
    (Lane.BRIEF, "request_changes"): ("brief_changes_requested", _MENTOR),
    (Lane.BRIEF, "publish"): ("brief_published", _MENTOR),
    (Lane.BRIEF, "match"): ("brief_matched", _MENTOR),
    (Lane.BRIEF, "withdraw"): ("brief_withdrawn", _HUB),
    (Lane.BRIEF, "pause"): ("brief_paused", _BOTH),
    (Lane.BRIEF, "resume"): ("brief_resumed", _BOTH),
    (Lane.BRIEF, "cancel"): ("brief_cancelled", _BOTH),
    (Lane.BRIEF, "expire"): ("brief_expired", _BOTH),
    (Lane.BRIEF, "close"): ("brief_closed", _BOTH),
    (Lane.PROJECT, "sign_agreements"): ("project_agreements_signed", _ALL),
    (Lane.PROJECT, "kick_off"): ("project_kicked_off", _TEAM),
    (Lane.PROJECT, "submit_final"): ("project_final_submitted", _BOTH),
    (Lane.PROJECT, "return_final"): ("project_final_returned", _TEAM),
    (Lane.PROJECT, "evaluate"): ("project_evaluated", _ALL),
    (Lane.PROJECT, "withdraw"): ("project_withdrawn", _ALL),
    (Lane.PROJECT, "pause"): ("project_paused", _ALL),
    (Lane.PROJECT, "resume"): ("project_resumed", _ALL),
    (Lane.PROJECT, "dispute"): ("project_disputed", _ALL),
    (Lane.PROJECT, "settle"): ("project_settled", _ALL),
    (Lane.PROJECT, "cancel"): ("project_cancelled", _ALL),
    (Lane.PROJECT, "expire"): ("project_expired", _ALL),
}
"""Moves that are not here are seen by who makes them, or told by the slice that has them made."""


async def tell(
    session: AsyncSession,
    brief: Brief,
    project: Project | None,
    step: Move,
    *,
    actor: Actor | None,
    reason: str,
) -> None:
    """Tell those whom a move concerns, but not who made it."""
    kind, whom = TOLD.get((step.lane, step.name), ("", frozenset[Who]()))
    if not kind:
        return
    told = set[UUID]()
    if Who.MENTOR in whom and brief.mentor_id is not None:
        told.add(brief.mentor_id)
    if Who.COORDINATOR in whom:
        told |= await caretakers(session, brief)
    if Who.TEAM in whom and project is not None:
        told |= (await teams.card(session, project.team_id)).account_ids
    if actor is not None:
        told.discard(actor.account_id)
    values = {"brief": brief.title, "reason": reason or "-"}
    link = f"/projects/{project.id}" if project else f"/briefs/{brief.id}"
    await notices.tell(session, told, kind, values, link)


async def tell_invited(session: AsyncSession, brief: Brief, account_id: UUID, hub: str, link: str) -> None:
    """Tell a mentor that a brief waits for them to accept it."""
    await notices.tell(session, [account_id], "brief_invitation", {"brief": brief.title, "hub": hub}, link)


async def tell_named(session: AsyncSession, brief: Brief, by: UUID) -> None:
    """Tell somebody that a brief names them as its mentor now."""
    names = await accounts.display_names(session, [by])
    values = {"brief": brief.title, "person": names.get(by, "")}
    if brief.mentor_id is not None and brief.mentor_id != by:
        await notices.tell(session, [brief.mentor_id], "brief_mentor_named", values, f"/briefs/{brief.id}")


async def caretakers(session: AsyncSession, brief: Brief) -> set[UUID]:
    """Whom of a hub a brief concerns: its administrators, and who reviewed it."""
    reviewers = {row.reviewer_id for row in await queries.reviews(session, brief.id)}
    return reviewers | set(await hubs.holders(session, brief.hub_id, Role.HUB_ADMIN))
