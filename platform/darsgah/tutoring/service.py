"""Who may ask for a hint, and what the answer is."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import Forbidden, NotFound
from darsgah.tutoring.schemas import HintRequest
from darsgah.ui.language import Message

NO_TUTOR = Message(
    "No tutor is connected to this platform yet. The test of the question says what it expects, and your "
    "instructor helps on."
)


class HintsForLearners(Forbidden):
    """Only learners of this cohort ask for hints on its labs."""

    code = "hints_for_learners"


async def hint(session: AsyncSession, actor: Actor, assignment_id: UUID, asked: HintRequest) -> Message:
    """Why there is no hint for what was asked: no tutor is connected.

    Raises:
        NotFound: no assignment that the actor may see, or no such notebook in it.
        HintsForLearners: the actor does not learn in its cohort.
        LabNotOpen: the lab has not opened.
    """
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    if not cohort.learner:
        raise HintsForLearners
    if assignment.window is Window.NOT_OPEN:
        raise LabNotOpen
    if all(file.name != asked.notebook for file in assignment.lab.notebooks):
        raise NotFound
    return NO_TUTOR
