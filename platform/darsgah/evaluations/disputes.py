"""What the hub sees of a dispute, and what it decides. Messages are read in the project's room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import moving, project_cards, reading
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.project_cards import ProjectCard
from darsgah.errors import NotFound
from darsgah.evaluations import claims, queries, service
from darsgah.evaluations.schemas import DisputeCard, Disputes, DisputeView, Outcome
from darsgah.projects.room import COORDINATORS, Part, enter
from darsgah.teams import service as teams

PAGE: Final = 50


async def disputes(session: AsyncSession, actor: Actor, after: UUID | None = None) -> Disputes:
    """The projects in dispute that the actor coordinates, newest first."""
    hubs = None if actor.holds(Role.NETWORK_ADMIN) else actor.hubs(*COORDINATORS)
    rows = await project_cards.in_dispute(session, hubs, after=after, limit=PAGE + 1)
    known = await teams.cards(session, {row.team_id for row in rows})
    begun = await project_cards.came_to(session, [row.id for row in rows], Stage.DISPUTED)
    shown = tuple(_card(row, known[row.team_id].name, begun) for row in rows[:PAGE])
    return Disputes(shown, rows[PAGE - 1].id if len(rows) > PAGE else None)


async def dispute(session: AsyncSession, actor: Actor, project_id: UUID) -> DisputeView:
    """One dispute with its evidence; evaluations only when both sides can see them as well.

    Raises:
        NotFound: the actor does not coordinate it, or it is in no dispute.
    """
    room = await enter(session, actor, project_id)
    if room.part is not Part.HUB or room.project.stage is not Stage.DISPUTED:
        raise NotFound
    row = await queries.round_of(session, project_id)
    given = await queries.evaluations(session, row.id) if row and service.is_open(row) else ()
    begun = await project_cards.came_to(session, [project_id], Stage.DISPUTED)
    return DisputeView(
        card=_card(room.project, room.team.name, begun),
        version=room.project.version,
        timezone=room.hub.timezone,
        history=await reading.history(session, room.project.brief_id, project_id),
        evaluations=await service.evaluation_views(session, given),
        claims=await claims.views(session, project_id),
        may_settle=actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=room.hub.id),
    )


async def decide(session: AsyncSession, actor: Actor, project_id: UUID, wanted: Outcome) -> None:
    """Have the project go on where it was, or cancel it.

    Raises:
        NotFound: as for reading.
        MoveNotAllowed, ReasonMissing, BriefChanged: as the machine says.
    """
    await dispute(session, actor, project_id)
    move = "settle" if wanted.goes_on else "cancel"
    await moving.move_project(session, actor, project_id, move, reason=wanted.reason, version=wanted.version)


def _card(card: ProjectCard, team: str, begun: Mapping[UUID, tuple[datetime, str]]) -> DisputeCard:
    since, reason = begun.get(card.id, (card.matched_at, ""))
    return DisputeCard(
        project_id=card.id,
        title=card.title,
        title_ur=card.title_ur,
        team=team,
        hub_id=card.hub_id,
        since=since,
        reason=reason,
    )
