"""What organisations and learners write to each other through the platform: no address is shown."""

from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.errors import MalformedInput, NotFound
from darsgah.hiring import queries
from darsgah.hiring.errors import OrganisationBarred, WaitForAnswer
from darsgah.hiring.models import HiringMessage
from darsgah.hiring.schemas import (
    Conversation,
    ConversationView,
    HiringMessageView,
    NewHiringMessage,
    OpenProfile,
)
from darsgah.hiring.service import open_to, see
from darsgah.notices import service as notices
from darsgah.organisations import service as organisations
from darsgah.ui.language import Message

SHOWN: Final = 200
"""The last messages of a conversation that are shown."""
UNANSWERED: Final = 3
"""Messages that an organisation may send before the learner answers."""


async def profile(session: AsyncSession, actor: Actor, profile_id: UUID) -> OpenProfile:
    """An open profile with what the actor's organisation and the learner wrote; it is noted as seen.

    Raises:
        NotFound: it is closed, or the actor does not act for a verified organisation.
    """
    view, organisation_id = await see(session, actor, profile_id)
    return msgspec.structs.replace(view, messages=await messages(session, profile_id, organisation_id))


async def write(session: AsyncSession, actor: Actor, profile_id: UUID, new: NewHiringMessage) -> None:
    """Write to a learner whose profile is open, for the organisation that the actor acts for; they are told.

    Raises:
        NotFound: the profile is closed, or the actor does not act for a verified organisation.
        WaitForAnswer: enough of its messages have no answer.
    """
    row, organisation_id = await open_to(session, actor, profile_id)
    await queries.lock_conversation(session, row.id, organisation_id)
    last = await queries.messages(session, row.id, organisation_id, UNANSWERED)
    if len(last) == UNANSWERED and not any(message.by_learner for message in last):
        raise WaitForAnswer
    session.add(_message(row.id, organisation_id, actor, new, by_learner=False))
    await session.flush()
    named = await organisations.organisations_by_id(session, [organisation_id])
    told = {"organisation": named[organisation_id].name}
    link = f"/hiring/conversations/{organisation_id}"
    await notices.tell(session, [row.account_id], "hiring_message", told, link)


async def answer(session: AsyncSession, actor: Actor, organisation_id: UUID, new: NewHiringMessage) -> None:
    """Answer an organisation that wrote to the actor; whoever wrote for it and still acts for it is told.

    Raises:
        NotFound: it never wrote to the actor.
        OrganisationBarred: the actor hides from it.
    """
    row = await queries.own(session, actor.account_id)
    if row is None:
        raise NotFound
    await queries.lock_conversation(session, row.id, organisation_id)
    if not await queries.messages(session, row.id, organisation_id, 1):
        raise NotFound
    if await queries.is_barred(session, row.id, organisation_id):
        raise OrganisationBarred
    session.add(_message(row.id, organisation_id, actor, new, by_learner=True))
    await session.flush()
    wrote = await queries.authors(session, row.id, organisation_id)
    acting = {
        one.account_id for one in await organisations.active_mentors(session, organisation_id) if one.may_act
    }
    told = {"person": actor.display_name}
    link = f"/hiring/profiles/{row.id}"
    await notices.tell(session, wrote & acting, "hiring_answer", told, link)


def _message(
    profile_id: UUID, organisation_id: UUID, actor: Actor, new: NewHiringMessage, *, by_learner: bool
) -> HiringMessage:
    if not new.body.strip():
        raise MalformedInput(fields={"body": Message("This is needed.")})
    return HiringMessage(
        profile_id=profile_id,
        organisation_id=organisation_id,
        author_id=actor.account_id,
        by_learner=by_learner,
        body=new.body.strip(),
    )


async def conversations(session: AsyncSession, actor: Actor) -> list[Conversation]:
    """The organisations that wrote to the actor, newest first."""
    row = await queries.own(session, actor.account_id)
    found = await queries.conversations(session, row.id) if row else []
    named = await organisations.organisations_by_id(session, [one for one, _ in found])
    return [Conversation(one, named[one].name, at) for one, at in found]


async def conversation(session: AsyncSession, actor: Actor, organisation_id: UUID) -> ConversationView:
    """What an organisation and the actor wrote to each other.

    Raises:
        NotFound: it never wrote to the actor.
    """
    row = await queries.own(session, actor.account_id)
    found = await messages(session, row.id, organisation_id) if row else ()
    if not found:
        raise NotFound
    named = await organisations.organisations_by_id(session, [organisation_id])
    return ConversationView(organisation_id, named[organisation_id].name, found)


async def messages(
    session: AsyncSession, profile_id: UUID, organisation_id: UUID
) -> tuple[HiringMessageView, ...]:
    """The last messages of a conversation, in order."""
    rows = await queries.messages(session, profile_id, organisation_id, SHOWN)
    names = await accounts.display_names(session, [row.author_id for row in rows])
    return tuple(
        HiringMessageView(names.get(row.author_id, ""), row.by_learner, row.body, row.sent_at)
        for row in reversed(rows)
    )
