"""What a course's staff see of its hints: figures, misconceptions, and transcripts if the course says so."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortView
from darsgah.tutoring import queries
from darsgah.tutoring.calibrations import LabCalibrationView, calibrations
from darsgah.tutoring.models import HintRequest
from darsgah.tutoring.schemas import (
    AssignmentTutoring,
    CohortTutoring,
    HintFigures,
    HintView,
    MisconceptionCount,
)
from darsgah.tutoring.service import PAGE, hint_view
from darsgah.ui.language import Language


class LabTutor(msgspec.Struct, frozen=True):
    """A lab of the course: what is set for it, how its hints fared, and what goes wrong in it.

    ``measured`` says what a threshold means there.
    """

    assignment: AssignmentView
    settings: AssignmentTutoring
    figures: HintFigures
    misconceptions: tuple[MisconceptionCount, ...]
    measured: LabCalibrationView


class LearnersHint(msgspec.Struct, frozen=True):
    """A hint as staff read it: with its learner, and why the tutor held back."""

    learner: str
    hint: HintView
    misconception: str | None
    confidence: float | None
    reasons: tuple[str, ...]


class CourseTutor(msgspec.Struct, frozen=True):
    """A course's page about the tutor; ``transcripts`` is empty unless staff may read them.

    ``questions`` are the hints that learners wrote to a person about: what they share by doing so.
    """

    cohort: CohortView
    settings: CohortTutoring
    labs: tuple[LabTutor, ...]
    transcripts: tuple[LearnersHint, ...]
    questions: tuple[LearnersHint, ...]
    next_after: UUID | None


async def course_tutor(
    session: AsyncSession, actor: Actor, cohort_id: UUID, language: Language, *, after: UUID | None = None
) -> CourseTutor:
    """What the page shows; ``after`` is the last hint seen.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    assignments = await enrolments.assignments_of(session, [cohort_id])
    ids = [one.id for one in assignments]
    settings = await queries.cohort_tutoring(session, cohort_id)
    each = await queries.assignments_tutoring(session, ids)
    figures = await queries.figures(session, ids)
    counts = await queries.misconceptions(session, ids)
    rows: Sequence[HintRequest] = []
    if settings.transcripts:
        rows = await queries.of_assignments(session, ids, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    asked = await queries.written_about(session, assignment_ids=ids, limit=PAGE)
    set_to = {one.id: each.get(one.id, AssignmentTutoring()) for one in assignments}
    wanted = [(one.lab.id, set_to[one.id].threshold) for one in assignments]
    measured = await calibrations(session, wanted)
    return CourseTutor(
        cohort=cohort,
        settings=settings,
        labs=tuple(
            LabTutor(
                assignment=one,
                settings=set_to[one.id],
                figures=figures.get(one.id, HintFigures()),
                misconceptions=tuple(counts.get(one.id, ())),
                measured=found,
            )
            for one, found in zip(assignments, measured, strict=True)
        ),
        transcripts=await with_learners(session, shown, language),
        questions=await with_learners(session, asked, language),
        next_after=shown[-1].id if len(rows) > PAGE else None,
    )


async def with_learners(
    session: AsyncSession, rows: Sequence[HintRequest], language: Language
) -> tuple[LearnersHint, ...]:
    """Hints with the names of their learners, for a caller that may read them."""
    names = await accounts.display_names(session, list({row.account_id for row in rows}))
    return tuple(
        LearnersHint(
            learner=names.get(row.account_id, ""),
            hint=hint_view(row, language),
            misconception=row.misconception,
            confidence=row.confidence,
            reasons=tuple(row.reasons),
        )
        for row in rows
    )
