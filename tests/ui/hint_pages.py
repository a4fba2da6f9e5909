"""Hints for the gallery: a learner's own, and a course's page about the tutor, with long words in both."""

from datetime import datetime
from typing import Any
from uuid import UUID

from darsgah.enrolments.schemas import AssignmentView, CohortView
from darsgah.tutoring.course_view import CourseTutor, LabTutor, LearnersHint
from darsgah.tutoring.pages import LEVELS
from darsgah.tutoring.schemas import (
    AssignmentTutoring,
    CohortTutoring,
    HintFigures,
    HintState,
    HintView,
    MisconceptionCount,
)
from darsgah.tutoring.threads import MessageView

LONG_CODE = "def total_rainfall_of(readings):\n    return " + " + ".join(
    f"readings[{number}]" for number in range(30)
)
NONE: dict[str, Any] = {"hints": (), "next_after": None, "paged": False, "levels": LEVELS, "threads": {}}
REASON = "confidence 0.31 is below 0.50"


def hint(number: int, asked_at: datetime, **changes: Any) -> HintView:  # noqa: ANN401 # whatever a hint holds
    """A hint of level 1, or of another."""
    parts: dict[str, Any] = {
        "id": UUID(int=number),
        "assignment_id": UUID(int=number),
        "notebook": "lab",
        "cell_id": "rainfall",
        "question": "the-wettest-station-of-the-monsoon",
        "level": 1,
        "state": HintState.GIVEN,
        "text": "Look at line 2 again: `readings[0]` is there, and what of `readings[30]`?",
        "lines": (2,),
        "withheld": False,
        "correct": False,
        "helpful": None,
        "source": LONG_CODE,
        "reflection": "",
        "asked_at": asked_at,
    }
    return HintView(**(parts | changes))


def written(at: datetime) -> list[MessageView]:
    """A learner's question and the answer."""
    asked = MessageView(
        "Demo Learner 1",
        learners=True,
        body="I looked at line 2 and " + "nothing is wrong there. " * 8,
        sent_at=at,
    )
    return [asked, MessageView("Demo Instructor", learners=False, body="How many readings?", sent_at=at)]


def own(asked_at: datetime) -> dict[str, Any]:
    """A learner's page: judged, held back, waiting."""
    hints = (
        hint(1, asked_at, level=4, helpful=True, reflection="I counted the stations by hand."),
        hint(2, asked_at, level=2, withheld=True, helpful=False),
        hint(3, asked_at, state=HintState.WAITING, text=""),
    )
    return {
        "hints": hints,
        "next_after": UUID(int=3),
        "paged": True,
        "levels": LEVELS,
        "threads": {hints[0].id: written(asked_at)},
    }


def course(cohort: CohortView, assignment: AssignmentView, learner: str, at: datetime) -> dict[str, Any]:
    """A course's page with everything that it may say."""
    counts = (
        MisconceptionCount("the-wettest-station-of-the-monsoon", "off-by-one-at-the-end-of-a-range", 14),
        MisconceptionCount("the-wettest-station-of-the-monsoon", "returns-inside-the-loop", 3),
    )
    labs = (
        LabTutor(assignment, AssignmentTutoring(threshold=0.66), HintFigures(50, 34, 15, 12), counts),
        LabTutor(assignment, AssignmentTutoring(hints=False, exam=True), HintFigures(), ()),
    )
    told = LearnersHint(learner, hint(4, at, withheld=True), None, 0.31, (REASON,))
    settings = CohortTutoring(transcripts=True)
    shared = LearnersHint(learner, hint(5, at, helpful=False), None, 0.7, ())
    view = CourseTutor(cohort, settings, labs, (told,), (shared,), None)
    return {"view": view, "levels": LEVELS, "may_change": True, "threads": {shared.hint.id: written(at)}}
