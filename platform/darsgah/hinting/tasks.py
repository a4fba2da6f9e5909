"""The worker's side of hints: makes what learners asked for. Never imported by the web process.

Hints have a queue of their own: a learner who waits for one does not wait for submissions to be graded.
"""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

import structlog

from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.errors import ServiceUnavailable
from darsgah.hinting.lab_hints import Words, with_words
from darsgah.hinting.lab_questions import LabQuestion, lab_questions
from darsgah.hinting.patience import Door, hurried
from darsgah.hinting.published_labs import PublishedLab, PublishedLabs
from darsgah.hinting.rephrasers import Rephrasers
from darsgah.hinting.tutors import evidence_tutor, shipped_tutor
from darsgah.jobs.queue import Queue, waiting_in
from darsgah.jobs.worker import Task, outline
from darsgah.submissions import service as submissions
from darsgah.tutoring import service
from darsgah.tutoring.bank import words_in_force
from darsgah.tutoring.schemas import HintTicket, MadeHint
from darsgah.workspaces import service as workspaces
from darsgah_grader.grading import Grader
from darsgah_grader.types import GraderError, SubmissionRejected
from darsgah_labs.errors import LabInvalid
from darsgah_tutor.engine import THRESHOLD, Hear, Tutor, Wish, study, tell
from darsgah_tutor.misconceptions import Bank
from darsgah_tutor.types import Hint, Level

IN_OTHER_WORDS = 30
"""Hints of one worker that a language model says at once, while others are found out about."""
LONGEST_QUEUE = 100
"""Hints that wait are counted up to this."""
logger = structlog.get_logger("darsgah.worker")


class HintTasks:
    """Makes hints with a grader that also grades.

    Args:
        rephrasers: who says them in other words; without it every hint has its author's.
        studies: answers that are found out about at once, each on a core; 0 takes one for each there is.

    Attributes:
        under_way: hints that are made now.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        grader: Grader,
        *,
        rephrasers: Rephrasers | None = None,
        studies: int = 0,
    ) -> None:
        self.database = database
        self.blobs = blobs
        self.grader = grader
        self._rephrasers = rephrasers
        self._door = Door(studies or len(os.sched_getaffinity(0)))
        # Of its own: hints that wait for a language model leave graders their threads.
        self._threads = ThreadPoolExecutor(self._door.cores + IN_OTHER_WORDS, thread_name_prefix="hint")
        self._tutor = shipped_tutor()
        self._evidence_alone = evidence_tutor()
        self._labs = PublishedLabs(database, blobs, grader)
        self.under_way = 0

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(service.HINT, run=self.give, give_up=self.give_up)]

    async def give(self, hint_id: str) -> None:
        """Make one hint; does nothing when it has been made, or its learner has deleted it."""
        async with self.database.begin() as session:
            ticket = await service.ticket(session, UUID(hint_id))
            if ticket is None:
                return
            lab_version_id = await enrolments.lab_version_of(session, ticket.assignment_id)
            draft = await workspaces.saved_notebook(
                session, ticket.account_id, ticket.assignment_id, ticket.notebook
            )
            words = await words_in_force(session, ticket.hub_id, lab_version_id)
            queued = await waiting_in(session, Queue.HINTS, most=LONGEST_QUEUE)
        self.under_way += 1
        try:
            lab = await self._labs.read(lab_version_id)
            notebook = draft or await self._handed_in(ticket)
            notebook = notebook or await self._release(lab_version_id, ticket.notebook)
            loop = asyncio.get_running_loop()
            hear = self._hear(ticket.id, loop)
            made = partial(self._made, ticket, lab, words, notebook, hear, queued=queued)
            hint = await loop.run_in_executor(self._threads, made)
        except (GraderError, LabInvalid, SubmissionRejected) as error:
            await self._fail(ticket.id, outline(error))
            return
        finally:
            self.under_way -= 1
        async with self.database.begin() as session:
            recorded = await service.record(session, ticket.id, _kept(hint))
        logger.info(
            "hint_made",
            hint=hint_id,
            recorded=recorded,
            withheld=hint.withheld,
            seconds={part: round(seconds, 3) for part, seconds in hint.seconds.items()},
        )

    async def give_up(self, hint_id: str, *, reason: str) -> None:
        """Tell the learner that there will be no hint."""
        await self._fail(UUID(hint_id), reason)

    async def _fail(self, hint_id: UUID, reason: str) -> None:
        logger.error("no_hint", hint=str(hint_id), reason=reason)
        async with self.database.begin() as session:
            await service.fail(session, hint_id, reason)

    def _hear(self, hint_id: UUID, loop: asyncio.AbstractEventLoop) -> Hear:
        """Passes on, from another thread and without waiting, what there is of a hint."""

        async def pass_on(language: str, said: str) -> None:
            with suppress(ServiceUnavailable):  # the whole hint comes later, or its job is tried again
                async with self.database.begin() as session:
                    await service.tell_so_far(session, hint_id, language, said)

        def hear(language: str, said: str) -> None:
            asyncio.run_coroutine_threadsafe(pass_on(language, said), loop)

        return hear

    def _made(
        self,
        ticket: HintTicket,
        lab: PublishedLab,
        words: Words,
        notebook: bytes,
        hear: Hear,
        *,
        queued: int,
    ) -> Hint:
        """The hint; ``queued`` others wait for a worker.

        Raises:
            SubmissionRejected, GraderError: the notebook cannot be read, or this machine cannot run it.
        """
        submission = {ticket.notebook: with_answer(notebook, ticket)}
        questions = lab_questions(lab.assignment, lab.lab.alternatives, submission, only=ticket.question)
        if not questions:
            raise SubmissionRejected("no_question", f"No test decides about {ticket.question}.")
        question = questions[0]
        tutor = self._tutor_for(ticket)
        tutor, own = replace(tutor, bank=with_words(tutor.bank, words)), with_words(lab.bank, words)
        threshold = THRESHOLD if ticket.threshold is None else ticket.threshold
        wish = Wish(threshold=threshold, language=ticket.language, words=ticket.words, hear=hear)
        asked = replace(question, answer=ticket.source)
        try:
            return self._told(tutor, asked, own, Level(ticket.level), wish, queued=queued)
        except GraderError:
            raise
        except Exception as error:
            # Whatever a part of the tutor stumbles over, what the tests saw is still true and helps at once.
            logger.exception("tutor_broke_off", hint=str(ticket.id))
            seen = self._told(self._evidence_alone, asked, own, Level.EVIDENCE, wish, queued=queued)
            return replace(seen, level=Level(ticket.level), withheld=True, reasons=(outline(error),))

    def _tutor_for(self, ticket: HintTicket) -> Tutor:
        if ticket.no_ai:
            return self._evidence_alone
        if self._rephrasers is None:
            return self._tutor
        return replace(self._tutor, rephraser=self._rephrasers.rephraser(ticket.hub_id))

    def _told(
        self, tutor: Tutor, question: LabQuestion, bank: Bank, level: Level, wish: Wish, *, queued: int
    ) -> Hint:
        with self._door.inside(), question.trials(self.grader) as trials:
            tutor = hurried(tutor, queued + self._door.waiting, self._door.cores)
            found = study(tutor, question.question, trials, question.answer, lab=bank)
            if tutor.rephraser is None:
                return tell(tutor, found, level, wish)
        # Nothing of the sandbox is held while another looks for words.
        return tell(tutor, found, level, wish)

    async def _handed_in(self, ticket: HintTicket) -> bytes | None:
        """What a learner handed in last who works elsewhere and has saved nothing here."""
        async with self.database.begin() as session:
            attempts = await submissions.attempts_of(session, ticket.assignment_id, ticket.account_id)
        for attempt in attempts[:1]:
            for file in attempt.notebooks:
                if file.name == ticket.notebook:
                    return await self.blobs.get(file.sha256)
        return None

    async def _release(self, lab_version_id: UUID, name: str) -> bytes:
        """The notebook as it was given out: what a learner has who has not saved it."""
        async with self.database.begin() as session:
            view = await catalog.lab_version(session, lab_version_id)
        for file in view.notebooks:
            if file.name == name:
                return await self.blobs.get(file.sha256)
        raise SubmissionRejected("no_notebook", f"The lab has no notebook {name}.")


def with_answer(notebook: bytes, ticket: HintTicket) -> bytes:
    """The notebook with the answer as the learner has it now: the draft may be a moment behind the page."""
    try:
        read = json.loads(notebook)
        for cell in read["cells"]:
            marks = cell.get("metadata", {}).get("nbgrader", {})
            if isinstance(marks, dict) and marks.get("grade_id") == ticket.question:
                cell["source"] = ticket.source
        return json.dumps(read).encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return notebook  # whoever reads it says what is wrong with it


def _kept(hint: Hint) -> MadeHint:
    return MadeHint(
        text={language: said.replace("\0", "\ufffd") for language, said in hint.text.items()},
        lines=hint.lines,
        correct=hint.evidence.correct,
        withheld=hint.withheld,
        reasons=tuple(reason.replace("\0", "\ufffd") for reason in hint.reasons),
        misconception=hint.misconception,
        confidence=hint.confidence,
        model=hint.model,
        seconds=dict(hint.seconds),
    )
