"""What people write in a project's room. Messages are only added: in a dispute they are evidence."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs.lifecycle import ENDED
from darsgah.db.columns import now
from darsgah.errors import MalformedInput
from darsgah.notices import service as notices
from darsgah.projects import queries
from darsgah.projects.models import ProjectMessage
from darsgah.projects.room import Part, Room, coordinators, enter, names_of, require, require_acceptance
from darsgah.projects.schemas import MessagePage, MessageView
from darsgah.ui.language import Message

PAGE: Final = 50
REPEATED: Final = timedelta(minutes=1)
"""The same words within this time are one message: who presses twice has not said it twice."""
QUIET: Final = timedelta(minutes=15)
"""Who writes several messages in a row within this time has the others told of the first alone."""


async def messages(
    session: AsyncSession, actor: Actor, project_id: UUID, *, before: UUID | None = None
) -> MessagePage:
    """The messages of a project, newest first, ``PAGE`` at a time.

    Raises:
        NotFound: the actor is nothing to the project.
        NotAcceptedByYou: the actor has yet to accept its agreement.
    """
    room = await enter(session, actor, project_id)
    require_acceptance(room, actor)
    rows = await queries.messages(session, project_id, before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    names = await names_of(session, [row.account_id for row in shown])
    views = tuple(_view(row, names, actor) for row in shown)
    return MessagePage(views, shown[-1].id if len(rows) > PAGE else None, _may_write(room, actor))


async def send(session: AsyncSession, actor: Actor, project_id: UUID, body: str) -> MessageView:
    """Write to everybody in the room. The same words right after themselves are a form that was sent twice.

    Raises:
        MalformedInput: nothing is written.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, resting=True)
    written = body.replace("\0", "").strip()
    if not written:
        raise MalformedInput(fields={"body": Message("This is needed.")})
    last = await queries.messages(session, project_id, before=None, limit=1)
    if last and _is_repeat(last[0], actor, written):
        return _view(last[0], {actor.account_id: actor.display_name}, actor)
    row = ProjectMessage(
        project_id=project_id, account_id=actor.account_id, party=room.part.value, body=written
    )
    session.add(row)
    await session.flush()
    in_a_row = last and last[0].account_id == actor.account_id and last[0].sent_at > now() - QUIET
    if not in_a_row:
        told = room.members | (set() if room.mentor_id else set(await coordinators(session, room.hub.id)))
        values = {"project": room.project.title, "person": actor.display_name}
        await notices.tell(
            session, told - {actor.account_id}, "project_message", values, f"/projects/{project_id}/messages"
        )
    return _view(row, {actor.account_id: actor.display_name}, actor)


def _is_repeat(last: ProjectMessage, actor: Actor, body: str) -> bool:
    return last.account_id == actor.account_id and last.body == body and last.sent_at > now() - REPEATED


def _may_write(room: Room, actor: Actor) -> bool:
    accepted = room.part is Part.HUB or actor.account_id in room.accepted
    return room.signed_at is not None and accepted and room.project.stage not in ENDED


def _view(row: ProjectMessage, names: dict[UUID, str], actor: Actor) -> MessageView:
    return MessageView(
        id=row.id,
        author=names.get(row.account_id, ""),
        part=Part(row.party),
        mine=row.account_id == actor.account_id,
        body=row.body,
        sent_at=row.sent_at,
    )
