"""The way from a hint to a person: what a learner and the course's staff write to each other about it.

Whoever writes to a person shares the hint with them: the answer as it stood and what the tutor said, whether
or not the course lets staff read transcripts. Deleting the hint deletes what was written about it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.enrolments import service as enrolments
from darsgah.errors import MalformedInput, NotFound
from darsgah.tutoring import queries
from darsgah.tutoring.course_settings import require_change
from darsgah.tutoring.models import HintMessage
from darsgah.ui.language import Message


class MessageView(msgspec.Struct, frozen=True):
    """One message; ``learners`` is true for those of the hint's learner."""

    author: str
    learners: bool
    body: str
    sent_at: datetime


async def ask_person(session: AsyncSession, actor: Actor, hint_id: UUID, body: str) -> None:
    """Write to the course's staff about one of the actor's hints.

    Raises:
        NotFound: the actor has no such hint.
        MalformedInput: nothing is written.
    """
    if await queries.own(session, actor.account_id, hint_id) is None:
        raise NotFound
    _add(session, actor, hint_id, body)


async def answer(session: AsyncSession, actor: Actor, cohort_id: UUID, hint_id: UUID, body: str) -> None:
    """Answer a learner who wrote about a hint.

    Raises:
        NotFound: no cohort that the actor may see, or nobody of it wrote about such a hint.
        Forbidden: the actor does not teach it, or may only read.
        MalformedInput: nothing is written.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    require_change(actor, cohort.hub_id)
    if not await queries.messages(session, [hint_id], cohort_id=cohort_id):
        raise NotFound
    _add(session, actor, hint_id, body)


async def threads(session: AsyncSession, hint_ids: Sequence[UUID]) -> dict[UUID, list[MessageView]]:
    """What was written about hints that the caller may read, oldest first; those without are left out."""
    rows = await queries.messages(session, hint_ids)
    names = await accounts.display_names(session, list({message.account_id for message, _ in rows}))
    found: dict[UUID, list[MessageView]] = {}
    for message, learner_id in rows:
        author, is_learner = names.get(message.account_id, ""), message.account_id == learner_id
        view = MessageView(author, is_learner, message.body, message.sent_at)
        found.setdefault(message.hint_id, []).append(view)
    return found


def _add(session: AsyncSession, actor: Actor, hint_id: UUID, body: str) -> None:
    written = body.replace("\0", "").strip()
    if not written:
        raise MalformedInput(fields={"body": Message("This is needed.")})
    session.add(HintMessage(hint_id=hint_id, account_id=actor.account_id, body=written))
