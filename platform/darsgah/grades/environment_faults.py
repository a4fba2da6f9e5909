"""Submissions that wait because their lab's environment does not work on the machines that grade.

Such a submission goes to a person like any that could not be graded, with the flag `ENVIRONMENT_BROKEN` and
what the environment said; its learner reads `SENTENCE`. It is tried again by itself, at first after some
minutes and then less and less often, until the environment works or `TRIES` are used up: mending the
environment is all that anybody has to do.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.grades import queries
from darsgah.grades.flags import ENVIRONMENT_BROKEN
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.submissions import service as submissions
from darsgah.submissions.recording import GRADE
from darsgah.ui.language import Message
from darsgah_grader.types import Assurance, Flag, Grade, GradeError, SandboxLevel

SENTENCE: Final = Message(
    "Your work is kept. The software that this lab runs with does not work at the moment. The staff have "
    "been told, and your work is graded as soon as it works again: you do not have to do anything."
)
AGAIN: Final = JobKind("grade_when_environment_works", Queue.GRADING, priority=-1)
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
TRIES: Final = 60
"""Enough for two weeks."""


def ungraded(max_score: float, evidence: str) -> Grade:
    """The grade of a submission whose environment does not start: none."""
    return Grade(
        score=None,
        max_score=max_score,
        assurance=Assurance.IN_PROCESS,
        sandbox=SandboxLevel.NONE,
        flags=(Flag(ENVIRONMENT_BROKEN, evidence),),
        error=GradeError(ENVIRONMENT_BROKEN, SENTENCE.text),
    )


def pause(tried: int) -> timedelta:
    """How long to wait after so many tries."""
    doublings: int = 2 ** min(tried, 16)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


async def try_later(session: AsyncSession, submission_id: UUID, *, tried: int) -> None:
    """Have the environment tried again after a while, if it was not tried often enough already."""
    if tried < TRIES:
        await enqueue(session, AGAIN, after=pause(tried), submission_id=str(submission_id), tried=tried)


async def waiting_assignment(session: AsyncSession, submission_id: UUID) -> UUID | None:
    """The assignment of a submission that still waits for its environment; None when it does not."""
    found = await submissions.held_by_person(session, submission_id)
    if found is None:
        return None
    run = await queries.run(session, found.run_id)
    return found.assignment_id if run is not None and run.error_code == ENVIRONMENT_BROKEN else None


async def grade_now(session: AsyncSession, submission_id: UUID) -> bool:
    """Put a submission that waits for its environment back into the queue; False when it does not wait."""
    if await waiting_assignment(session, submission_id) is None:
        return False
    job = await enqueue(session, GRADE, submission_id=str(submission_id))
    await submissions.queue_again(session, submission_id, job)
    return True
