"""One's projects, a project's room as a whole, and the moves of its stage that are made in the room."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import moving, project_cards
from darsgah.briefs.errors import MoveNotAllowed
from darsgah.briefs.lifecycle import ENDED, Lane, Who, moves_from
from darsgah.briefs.project_cards import ProjectCard
from darsgah.errors import MalformedInput, NotFound
from darsgah.projects import gpu, milestones, queries
from darsgah.projects.agreement_text import composed
from darsgah.projects.errors import LastOfTeam, NotYourPart, RoomAtRest
from darsgah.projects.models import ProjectMessage
from darsgah.projects.room import COORDINATORS, Part, Room, enter, names_of, part_of, require
from darsgah.projects.schemas import (
    OpenMove,
    Person,
    ProjectMove,
    ProjectPage,
    ProjectView,
    RoomView,
    TakingOut,
)
from darsgah.teams import service as teams
from darsgah.ui.language import Message

PAGE: Final = 50
MOST_OWN: Final = 100
"""How many of one's own projects are listed."""
ELSEWHERE: Final = frozenset({"evaluate", "credential", "close", "close_without_credential"})
"""Moves that follow from evaluating, which has pages of its own."""
TAKEN_OUT: Final = "{person} is in the team no more.\n\n{person} اب ٹیم میں نہیں ہیں\n\n"
"""Begins the message that keeps why: those of a room read either language, and messages stay as written."""
_WHO = {
    Part.TEAM: frozenset({Who.TEAM}),
    Part.MENTOR: frozenset({Who.MENTOR}),
    Part.HUB: frozenset({Who.COORDINATOR}),
}


async def projects(session: AsyncSession, actor: Actor, *, after: UUID | None = None) -> ProjectPage:
    """The actor's own projects, and those of the hubs that they coordinate, newest first."""
    hubs = None if actor.holds(Role.NETWORK_ADMIN) else actor.hubs(*COORDINATORS)
    coordinated: list[ProjectCard] = []
    if hubs is None or hubs:
        coordinated = await project_cards.of_hubs(session, hubs, after=after, limit=PAGE + 1)
    shown = coordinated[:PAGE]
    own = [] if after else await own_cards(session, actor)
    ids = {card.id for card in own}
    others = [card for card in shown if card.id not in ids and card.mentor_id != actor.account_id]
    return ProjectPage(
        await _views(session, actor, own),
        await _views(session, actor, others),
        shown[-1].id if len(coordinated) > PAGE else None,
    )


async def room_view(session: AsyncSession, actor: Actor, project_id: UUID) -> RoomView:
    """A project's room as the actor may see it.

    Raises:
        NotFound: the actor is nothing to the project.
    """
    room = await enter(session, actor, project_id)
    rows = await queries.milestones(session, project_id)
    counts = await queries.submission_counts(session, project_id)
    names = await names_of(session, room.members)
    people = [Person(one.account_id, one.display_name, Part.TEAM) for one in room.team.members]
    mentor = None
    if room.mentor_id is not None:
        mentor = Person(room.mentor_id, names.get(room.mentor_id, ""), Part.MENTOR)
    return RoomView(
        project=_view(room.project, room.team.name, room.part),
        brief_id=room.project.brief_id,
        version=room.project.version,
        hub_name=room.hub.name,
        hub_name_ur=room.hub.name_ur,
        timezone=room.hub.timezone,
        people=tuple(people),
        mentor=mentor,
        signed_at=room.signed_at,
        accepted_by_me=actor.account_id in room.accepted,
        unsigned=0 if room.signed_at else await _unsigned(session, room),
        milestones=tuple(milestones.view(row, room, counts.get(row.id, 0)) for row in rows),
        gpu=await gpu.state(session, room.project),
        moves=await open_moves(session, actor, room),
        resting=room.resting,
        may_take_out=room.part is Part.HUB and room.project.stage not in ENDED and len(people) > 1,
    )


async def take_out(session: AsyncSession, actor: Actor, project_id: UUID, wanted: TakingOut) -> None:
    """Take somebody out of a project's team, as its coordinators may. Why is kept in the room's messages.

    Raises:
        NotFound: the actor is nothing to the project, or nobody of that id is in its team.
        NotYourPart: the actor is in the project and does not coordinate it.
        RoomAtRest: it has ended.
        LastOfTeam: the team would be empty.
        MalformedInput: no reason was given.
    """
    room = await enter(session, actor, project_id, lock=True)
    person = next((one for one in room.team.members if one.account_id == wanted.account_id), None)
    if room.part is not Part.HUB:
        raise NotYourPart
    if person is None:
        raise NotFound
    if room.project.stage in ENDED:
        raise RoomAtRest
    if len(room.team.members) == 1:
        raise LastOfTeam
    if not wanted.reason.strip():
        raise MalformedInput(fields={"reason": Message("This is needed.")})
    await teams.remove(session, room.team.id, wanted.account_id, by=actor.account_id)
    body = composed(TAKEN_OUT, {"person": person.display_name}) + wanted.reason.strip()
    session.add(
        ProjectMessage(project_id=project_id, account_id=actor.account_id, party=Part.HUB.value, body=body)
    )
    await session.flush()


async def move(session: AsyncSession, actor: Actor, project_id: UUID, wanted: ProjectMove) -> None:
    """Move the project's stage: kick off, submit the final result, return it, pause, dispute and so on.

    Raises:
        NotFound: the actor is nothing to the project.
        MoveNotAllowed, ReasonMissing, BriefChanged: as the machine says.
        MilestonesOpen, NotAcceptedByYou: what the move needs is not so.
    """
    if wanted.move == "submit_final":
        await milestones.submit_final(
            session, actor, project_id, version=wanted.version, reason=wanted.reason
        )
        return
    room = await enter(session, actor, project_id, lock=True)
    if wanted.move in ELSEWHERE:
        raise MoveNotAllowed
    if wanted.move in {"kick_off", "start_milestones", "return_final"}:
        require(room, actor)
    await moving.move_project(
        session, actor, project_id, wanted.move, reason=wanted.reason, version=wanted.version
    )
    if room.resting is False:
        await gpu.stop_where_at_rest(session, project_id)


async def open_moves(session: AsyncSession, actor: Actor, room: Room) -> tuple[OpenMove, ...]:
    """The moves that the actor may make in the room now, in the order of the machine."""
    who = _WHO[room.part]
    if room.part is Part.HUB and actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=room.hub.id):
        who |= {Who.HUB_ADMIN}
    if room.part is not Part.HUB and room.signed_at and actor.account_id not in room.accepted:
        return ()
    found = [
        OpenMove(step.name, step.reason_needed)
        for step in moves_from(Lane.PROJECT, room.project.stage)
        if step.who & who and step.name not in ELSEWHERE
    ]
    if any(step.name == "submit_final" for step in found):
        rows = await queries.milestones(session, room.project.id)
        if any(row.state in {"open", "changes_asked"} for row in rows):
            found = [step for step in found if step.name != "submit_final"]
    return tuple(found)


async def own_cards(session: AsyncSession, actor: Actor) -> list[ProjectCard]:
    """The projects of the actor's teams, and those that they are the mentor of, newest first."""
    by_person = await teams.team_ids_of(session, [actor.account_id])
    ids = by_person.get(actor.account_id, frozenset())
    found = {card.id: card for card in await project_cards.of_teams(session, ids, MOST_OWN)}
    mentored = await project_cards.of_mentor(session, actor.account_id, MOST_OWN)
    standing = await project_cards.mentors_stand(session, {card.brief_id for card in mentored})
    found |= {card.id: card for card in mentored if card.brief_id in standing}
    return [found[key] for key in sorted(found, reverse=True)]


async def _views(
    session: AsyncSession, actor: Actor, cards: Sequence[ProjectCard]
) -> tuple[ProjectView, ...]:
    known = await teams.cards(session, {card.team_id for card in cards})
    views = []
    for card in cards:
        team = known[card.team_id]
        part = part_of(actor, card, team, card.mentor_id)
        if part is not None:
            views.append(_view(card, team.name, part))
    return tuple(views)


def _view(card: ProjectCard, team: str, part: Part) -> ProjectView:
    return ProjectView(
        id=card.id,
        title=card.title,
        title_ur=card.title_ur,
        stage=card.stage,
        team=team,
        part=part,
        hub_id=card.hub_id,
        starts_on=card.starts_on,
        ends_on=card.ends_on,
    )


async def _unsigned(session: AsyncSession, room: Room) -> int:
    """How many have not accepted any words yet; of older words the agreement's own page tells."""
    given = await queries.acceptances(session, room.project.id)
    by = {row.account_id for row in given}
    missing = len(room.members - by) + (room.mentor_id is None)
    return missing + (not any(row.party == Part.HUB.value for row in given))
