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
from darsgah.tutoring.course_view import LearnersHint, with_learners
from darsgah.tutoring.models import HintMessage, HintRequest
from darsgah.tutoring.schemas import HintView
from darsgah.tutoring.service import PAGE, hint_view, read, readable
from darsgah.ui.language import Language, Message


class MessageView(msgspec.Struct, frozen=True):
    """One message; ``learners`` is true for those of the hint's learner."""

    author: str
    learners: bool
    body: str
    sent_at: datetime


class Thread(msgspec.Struct, frozen=True):
    """A hint of one's own, and what was written about it, oldest first."""

    hint: HintView
    messages: tuple[MessageView, ...]


class ThreadPage(msgspec.Struct, frozen=True):
    """One's threads, those about the newest hints first; ``next_after`` goes on, or is None at the end."""

    threads: tuple[Thread, ...]
    next_after: UUID | None


class LearnersThread(msgspec.Struct, frozen=True):
    """A learner's hint that staff see because its learner wrote about it.

    Attributes:
        waiting: the last message is the learner's.
    """

    about: LearnersHint
    messages: tuple[MessageView, ...]
    waiting: bool


class CourseThreads(msgspec.Struct, frozen=True):
    """What a course's learners wrote about, the newest hints first."""

    threads: tuple[LearnersThread, ...]
    next_after: UUID | None


async def own_threads(
    session: AsyncSession, actor: Actor, language: Language, *, after: UUID | None = None
) -> ThreadPage:
    """The actor's threads, 50 at a time; none of a course in which an exam is on."""
    rows = await queries.written_about(session, account_id=actor.account_id, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    hints = [hint_view(row, language) for row in await readable(session, shown)]
    written = await threads(session, [hint.id for hint in hints])
    found = tuple(Thread(hint, tuple(written.get(hint.id, ()))) for hint in hints)
    return ThreadPage(found, shown[-1].id if len(rows) > PAGE else None)


async def own_thread(session: AsyncSession, actor: Actor, hint_id: UUID, language: Language) -> Thread:
    """One hint of the actor's with what was written about it, perhaps nothing.

    Raises:
        NotFound: the actor has no such hint, or an exam is on.
    """
    hint = await read(session, actor, hint_id, language)
    return Thread(hint, tuple((await threads(session, [hint_id])).get(hint_id, ())))


async def course_threads(
    session: AsyncSession,
    actor: Actor,
    cohort_id: UUID,
    language: Language,
    *,
    after: UUID | None = None,
    waiting: bool = False,
) -> CourseThreads:
    """What a course's learners wrote about, 50 hints at a time; or what waits for an answer alone.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    await enrolments.staffed_cohort(session, actor, cohort_id)
    ids = [one.id for one in await enrolments.assignments_of(session, [cohort_id])]
    rows = await queries.written_about(
        session, assignment_ids=ids, after=after, waiting=waiting, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    found = await _learners_threads(session, shown, language)
    return CourseThreads(found, shown[-1].id if len(rows) > PAGE else None)


async def course_thread(
    session: AsyncSession, actor: Actor, cohort_id: UUID, hint_id: UUID, language: Language
) -> LearnersThread:
    """One hint that a learner of the course wrote about.

    Raises:
        NotFound, Forbidden: as above, or nobody of the course wrote about such a hint.
    """
    await enrolments.staffed_cohort(session, actor, cohort_id)
    row = await queries.of_cohort(session, cohort_id, hint_id)
    found = await _learners_threads(session, [row] if row else [], language)
    if not found:
        raise NotFound
    return found[0]


async def ask_person(session: AsyncSession, actor: Actor, hint_id: UUID, body: str) -> None:
    """Write to the course's staff about one of the actor's hints.

    Raises:
        NotFound: the actor has no such hint.
        MalformedInput: nothing is written.
    """
    if await queries.own(session, actor.account_id, hint_id) is None:
        raise NotFound
    await _add(session, actor, hint_id, body)


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
    await _add(session, actor, hint_id, body)


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


async def _learners_threads(
    session: AsyncSession, rows: Sequence[HintRequest], language: Language
) -> tuple[LearnersThread, ...]:
    """Those of the hints that something was written about; a learner may have deleted one just now."""
    written = await threads(session, [row.id for row in rows])
    return tuple(
        LearnersThread(about, tuple(messages), messages[-1].learners)
        for about in await with_learners(session, rows, language)
        if (messages := written.get(about.hint.id))
    )


async def _add(session: AsyncSession, actor: Actor, hint_id: UUID, body: str) -> None:
    written = body.replace("\0", "").strip()
    if not written:
        raise MalformedInput(fields={"body": Message("This is needed.")})
    session.add(HintMessage(hint_id=hint_id, account_id=actor.account_id, body=written))
    await session.flush()
