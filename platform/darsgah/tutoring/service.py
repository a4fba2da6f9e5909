"""Who may ask for a hint and of which level, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.blobs.store import BlobStore
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortView, Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import NotFound, TooLarge
from darsgah.jobs.notifications import notify
from darsgah.jobs.queue import JobKind, Queue, enqueue, job_with, waiting_before
from darsgah.submissions import service as submissions
from darsgah.tutoring import models, queries
from darsgah.tutoring.errors import HintsForLearners, LevelNotYet, NotAnswered
from darsgah.tutoring.questions import answer_in, question_of
from darsgah.tutoring.schemas import (
    LONGEST_SOURCE,
    SHORTEST_REFLECTION,
    AssignmentTutoring,
    CohortTutoring,
    HintAnswer,
    HintPage,
    HintRequest,
    HintState,
    HintTicket,
    HintView,
    MadeHint,
)
from darsgah.ui.language import Language, Message, translate
from darsgah_tutor.types import Level

CHANNEL = "hint"
"""Word of a hint goes out on this channel, under its id."""
HINT = JobKind("give_hint", queue=Queue.HINTS)
"""Makes a hint that a learner waits for; takes ``hint_id``."""
PAGE: Final = 50

EXAM = Message("An exam is on in this course: there are no hints until it is over.")
OFF = Message("Your instructor has switched hints off for this lab.")
MOVE_FIRST = Message(
    "The next hint comes when you have changed your answer, or written a line about what you tried."
)
NO_QUESTION = Message("Hints are about questions that tests decide about. Ask beside one of those.")
NOT_MADE = Message("No hint could be made just now. It was not counted; try again in a moment.")


def hint_view(row: models.HintRequest, language: Language, before: int | None = None) -> HintView:
    """A hint in the language of the page."""
    state = HintState(row.state)
    said = row.text.get(language.code) or (row.text.get("en", "") if state is HintState.GIVEN else "")
    return HintView(
        id=row.id,
        assignment_id=row.assignment_id,
        notebook=row.notebook,
        cell_id=row.cell_id,
        question=row.question,
        level=row.level,
        state=state,
        text=translate(NOT_MADE, language) if state is HintState.FAILED else said,
        lines=tuple(row.told_lines),
        withheld=row.withheld,
        correct=row.correct,
        helpful=row.helpful,
        source=row.source,
        reflection=row.words,
        asked_at=row.asked_at,
        waiting_before=before,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of asking: a request that waits for its hint, or the reason why there is none."""

    left: int
    daily: int
    request: models.HintRequest | None = None
    before: int | None = None
    reason: Message | None = None

    def told(self, language: Language) -> HintAnswer:
        """In the language of the page."""
        return HintAnswer(
            available=self.request is not None,
            reason=translate(self.reason, language) if self.reason else "",
            reflect=self.reason is MOVE_FIRST,
            hint=hint_view(self.request, language, self.before) if self.request else None,
            left=self.left,
            daily=self.daily,
        )


async def ask(
    session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID, asked: HintRequest
) -> Answer:
    """Ask for a hint: a worker makes it, and `read` tells it. While one waits for an answer, that one is it.

    Raises:
        NotFound: no assignment that the actor may see, or no such notebook in it.
        HintsForLearners: the actor does not learn in its cohort.
        LabNotOpen: the lab has not opened.
        LevelNotYet: the level skips one.
    """
    assignment, cohort = await _learners(session, actor, assignment_id)
    release = next((file for file in assignment.lab.notebooks if file.name == asked.notebook), None)
    if release is None:
        raise NotFound
    question = question_of(await blobs.get(release.sha256), asked.cell_id)
    rules, here = await queries.settings(session, cohort.id, assignment_id)
    # Held from here on, so that the requests of one learner are counted and answered one by one.
    await enrolments.lock_place(session, cohort.id, actor.account_id)
    day = _day_of(cohort)
    left = max(0, rules.daily_hints - await queries.asked_on(session, actor.account_id, day))
    answer = Answer(left, rules.daily_hints)
    refusal = _refusal(rules, here)
    if question is None or refusal is not None:
        return replace(answer, reason=refusal or NO_QUESTION)
    earlier = await queries.about(session, actor.account_id, assignment_id, asked.notebook, question)
    if earlier and earlier[0].state == HintState.WAITING.value:
        return replace(answer, request=earlier[0], before=await _before(session, earlier[0]))
    no_ai = (await accounts.profile(session, actor.account_id)).no_ai
    level = Level.EVIDENCE if no_ai else _level(asked, earlier)
    if level is None or left == 0:
        return replace(answer, reason=MOVE_FIRST if level is None else _spent(rules.daily_hints))
    row = models.HintRequest(
        hub_id=assignment.hub_id,
        cohort_id=cohort.id,
        assignment_id=assignment_id,
        account_id=actor.account_id,
        notebook=asked.notebook,
        cell_id=asked.cell_id,
        question=question,
        level=int(level),
        no_ai=no_ai,
        day=day,
        source=asked.source.replace("\0", ""),
        words=asked.reflection.replace("\0", ""),
    )
    await _send(session, row)
    return replace(answer, request=row, before=await _before(session, row), left=left - 1)


async def ask_about_submission(
    session: AsyncSession, blobs: BlobStore, actor: Actor, submission_id: UUID, asked: HintRequest
) -> Answer:
    """As `ask`, about an answer as it was handed in; ``source`` is left empty and read from there.

    Raises:
        NotFound: no submission of the actor's, or no such notebook in it.
        TooLarge: the answer is longer than may be asked about.
    """
    submission = await submissions.own_submission(session, actor, submission_id)
    handed_in = await submissions.notebook_bytes(blobs, submission, asked.notebook)
    release = await enrolments.lab_file(
        session, blobs, actor, submission.assignment_id, asked.notebook, notebook=True
    )
    source = answer_in(handed_in, question_of(release, asked.cell_id) or "")
    if len(source) > LONGEST_SOURCE:
        raise TooLarge
    about = msgspec.structs.replace(asked, source=source)
    return await ask(session, blobs, actor, submission.assignment_id, about)


def _spent(daily: int) -> Message:
    return Message(
        "You have used today's {daily} hints. Tomorrow there are new ones; your instructor helps on until "
        "then.",
        daily=daily,
    )


def _refusal(rules: CohortTutoring, here: AssignmentTutoring) -> Message | None:
    if rules.exam or here.exam:
        return EXAM
    return None if rules.hints and here.hints else OFF


async def _send(session: AsyncSession, row: models.HintRequest) -> None:
    """Keep a request, count it, and have a worker answer it."""
    session.add(row)
    await session.flush()
    await queries.count(session, row.account_id, row.day, 1)
    await enqueue(session, HINT, hint_id=str(row.id))


async def _before(session: AsyncSession, row: models.HintRequest) -> int | None:
    """How many hints will be made before one that waits."""
    if row.state != HintState.WAITING.value:
        return None
    job = await job_with(session, HINT, "hint_id", str(row.id))
    return 0 if job is None else await waiting_before(session, job) or 0


def _level(asked: HintRequest, earlier: Sequence[models.HintRequest]) -> Level | None:
    """The level to give, or None where the learner must do something first.

    Levels begin anew once an answer was right. A level that was reached may be asked for again at any time,
    the one after it once the answer differs from the one that the last hint was about, or with a reflection.

    Raises:
        LevelNotYet: the level that is asked for skips one.
    """
    given = [row for row in earlier if row.state == HintState.GIVEN.value and not row.no_ai]
    right = next((at for at, row in enumerate(given) if row.correct), len(given))
    given = given[:right]
    if not given:
        following, moved = Level.EVIDENCE, True
        reached = None
    else:
        reached = max(row.level for row in given)
        following = Level(min(reached + 1, Level.EXAMPLE))
        moved = asked.source.strip() != given[0].source.strip() or (
            len(asked.reflection.strip()) >= SHORTEST_REFLECTION
        )
    wanted = following if asked.level is None else Level(asked.level)
    if wanted > following:
        raise LevelNotYet
    if asked.level is not None and reached is not None and wanted <= reached:
        return wanted
    return wanted if moved else None


async def read(session: AsyncSession, actor: Actor, hint_id: UUID, language: Language) -> HintView:
    """One hint of the actor's.

    Raises:
        NotFound: there is none, or an exam is on.
    """
    row = await _own(session, actor, hint_id)
    rules, here = await queries.settings(session, row.cohort_id, row.assignment_id)
    if rules.exam or here.exam:
        raise NotFound
    return hint_view(row, language, await _before(session, row))


async def transcript(
    session: AsyncSession,
    actor: Actor,
    language: Language,
    *,
    assignment_id: UUID | None = None,
    after: UUID | None = None,
) -> HintPage:
    """The actor's hints, newest first, 50 at a time; none of a course in which an exam is on."""
    rows = await queries.page(
        session, actor.account_id, assignment_id=assignment_id, after=after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    views = tuple(hint_view(row, language) for row in await readable(session, shown))
    return HintPage(views, shown[-1].id if len(rows) > PAGE else None)


async def readable(session: AsyncSession, rows: Sequence[models.HintRequest]) -> list[models.HintRequest]:
    """Those of a learner's hints that they may read now: none where an exam is on."""
    held: dict[UUID, bool] = {}
    for row in rows:
        if row.assignment_id not in held:
            rules, here = await queries.settings(session, row.cohort_id, row.assignment_id)
            held[row.assignment_id] = rules.exam or here.exam
    return [row for row in rows if not held[row.assignment_id]]


async def rate(
    session: AsyncSession, actor: Actor, hint_id: UUID, language: Language, *, helpful: bool
) -> HintView:
    """Keep whether a hint helped; the last judgement counts.

    Raises:
        NotFound: the actor has no such hint.
        NotAnswered: there is nothing to judge yet.
    """
    row = await _own(session, actor, hint_id)
    if row.state != HintState.GIVEN.value:
        raise NotAnswered
    row.helpful = helpful
    await session.flush()
    return hint_view(row, language)


async def delete(session: AsyncSession, actor: Actor, hint_id: UUID | None) -> int:
    """Delete one of the actor's hints, or all of them; returns how many there were.

    Raises:
        NotFound: there is no such hint of theirs.
    """
    deleted = await queries.delete(session, actor.account_id, hint_id)
    if hint_id is not None and not deleted:
        raise NotFound
    return deleted


async def ticket(session: AsyncSession, hint_id: UUID) -> HintTicket | None:
    """What a worker needs to make a hint; None when it has been made, or its learner deleted it."""
    row = await queries.waiting(session, hint_id)
    if row is None:
        return None
    here = await queries.assignment_tutoring(session, row.assignment_id)
    return HintTicket(
        id=row.id,
        language=(await accounts.profile(session, row.account_id)).language,
        hub_id=row.hub_id,
        account_id=row.account_id,
        assignment_id=row.assignment_id,
        notebook=row.notebook,
        cell_id=row.cell_id,
        question=row.question,
        level=row.level,
        no_ai=row.no_ai,
        source=row.source,
        words=row.words,
        threshold=here.threshold,
    )


async def tell_so_far(session: AsyncSession, hint_id: UUID, language: str, said: str) -> None:
    """Let the learner read what there is of a hint; what was said later, or is whole by now, stays."""
    row = await queries.waiting(session, hint_id, lock=True)
    if row is None or len(said) <= len(row.text.get(language, "")):
        return
    row.text = {language: said.replace("\0", "\ufffd")}
    await notify(session, CHANNEL, str(hint_id))


async def record(session: AsyncSession, hint_id: UUID, made: MadeHint) -> bool:
    """Keep what a worker made and tell who waits for it; False when another was quicker, or it is gone."""
    row = await queries.waiting(session, hint_id, lock=True)
    if row is None:
        return False
    tells = row.level > Level.EVIDENCE and not made.withheld
    row.state = HintState.GIVEN.value
    row.text = made.text
    row.suspects = list(made.lines)
    row.told_lines = list(made.lines[:3]) if tells else []
    row.correct, row.withheld, row.reasons = made.correct, made.withheld, list(made.reasons)
    row.misconception, row.confidence = made.misconception, made.confidence
    row.model, row.seconds = made.model, made.seconds
    row.answered_at = now()
    await notify(session, CHANNEL, str(hint_id))
    return True


async def fail(session: AsyncSession, hint_id: UUID, reason: str) -> None:
    """Tell who waits that there will be no hint, and count it for nothing."""
    row = await queries.waiting(session, hint_id, lock=True)
    if row is None:
        return
    row.state, row.reasons, row.answered_at = HintState.FAILED.value, [reason], now()
    row.text = {}
    await queries.count(session, row.account_id, row.day, -1)
    await notify(session, CHANNEL, str(hint_id))


async def _learners(
    session: AsyncSession, actor: Actor, assignment_id: UUID
) -> tuple[AssignmentView, CohortView]:
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    if not cohort.learner:
        raise HintsForLearners
    if assignment.window is Window.NOT_OPEN:
        raise LabNotOpen
    return assignment, cohort


async def _own(session: AsyncSession, actor: Actor, hint_id: UUID) -> models.HintRequest:
    row = await queries.own(session, actor.account_id, hint_id)
    if row is None:
        raise NotFound
    return row


def _day_of(cohort: CohortView) -> date:
    return now().astimezone(ZoneInfo(cohort.timezone)).date()
