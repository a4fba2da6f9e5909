"""Hints for the gallery: a learner's own, and a course's page about the tutor, with long words in both."""

from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from darsgah.enrolments.schemas import AssignmentView, CohortView
from darsgah.tutoring.bank_pages import form_values
from darsgah.tutoring.bank_preview import ANSWER, preview
from darsgah.tutoring.bank_schemas import (
    BankEntry,
    EntryLine,
    EntryView,
    HintWords,
    LabBank,
    LevelWords,
    MisconceptionFigures,
    VersionView,
)
from darsgah.tutoring.calibrations import Calibration, LabCalibrationView
from darsgah.tutoring.course_view import CourseTutor, LabTutor, LearnersHint
from darsgah.tutoring.errors import WordsChanged
from darsgah.tutoring.gate_figures import MeasuredAnswer, figures_at, proposed, table
from darsgah.tutoring.pages import LEVELS, thresholds
from darsgah.tutoring.schemas import (
    AssignmentTutoring,
    CohortTutoring,
    HintFigures,
    HintState,
    HintView,
    MisconceptionCount,
)
from darsgah.tutoring.threads import MessageView
from darsgah.ui.language import Message
from darsgah_tutor.misconceptions import LEVELS as LEVEL_KEYS
from darsgah_tutor.misconceptions import general_bank

LONG_CODE = "def total_rainfall_of(readings):\n    return " + " + ".join(
    f"readings[{number}]" for number in range(30)
)
NONE: dict[str, Any] = {"hints": (), "next_after": None, "paged": False, "levels": LEVELS, "threads": {}}
UNMEASURED = LabCalibrationView(None, under_way=False)
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
    unmeasured = msgspec.structs.replace(assignment, id=UUID(int=99))
    labs = (
        LabTutor(
            assignment, AssignmentTutoring(threshold=0.66), HintFigures(50, 34, 15, 12), counts, measured(at)
        ),
        LabTutor(unmeasured, AssignmentTutoring(hints=False, exam=True), HintFigures(), (), UNMEASURED),
    )
    told = LearnersHint(learner, hint(4, at, withheld=True), None, 0.31, (REASON,))
    settings = CohortTutoring(transcripts=True)
    shared = LearnersHint(learner, hint(5, at, helpful=False), None, 0.7, ())
    view = CourseTutor(cohort, settings, labs, (told,), (shared,), None)
    threads = {shared.hint.id: written(at)}
    return {
        "view": view,
        "levels": LEVELS,
        "may_change": True,
        "threads": threads,
        "thresholds": thresholds,
    }


def measured(at: datetime) -> LabCalibrationView:
    """A lab of which it is known what a threshold means."""
    answers = [MeasuredAnswer(number / 60, told=number % 9 > 0, right=number > 20) for number in range(60)]
    found = Calibration(
        tutor="1.0.0 Suspecting 0123456789ab",
        made_at=at,
        answers=len(answers),
        questions=7,
        own=figures_at(answers, 0.5),
        current=figures_at(answers, 0.66),
        proposed=proposed(answers),
        rows=table(answers, 0.5, 0.66, 0.35),
    )
    return LabCalibrationView(found, under_way=True)


def bank(cohort: CohortView, assignment: AssignmentView) -> dict[str, Any]:
    """A lab's misconceptions, its own and general ones."""
    figures = (MisconceptionFigures(40, 31, 12, 7), MisconceptionFigures(3), MisconceptionFigures())
    entries = tuple(
        EntryLine(name, entry.belief, number < 4, (), figures[number % 3], number % 2, number % 2 == 1)
        for number, (name, entry) in enumerate(islice(general_bank().items(), 9))
    )
    return {"view": LabBank(assignment, cohort, entries)}


def bank_entry(cohort: CohortView, assignment: AssignmentView, author: str, at: datetime) -> dict[str, Any]:
    """The words of one misconception, refused because somebody else was quicker, with a fault besides."""
    name, entry = next(iter(general_bank().items()))
    said = {key: LevelWords(**entry.hints[level]) for level, key in LEVEL_KEYS.items()}
    words = HintWords(**said)
    figures = MisconceptionFigures(40, 31, 12, 7)
    history = (VersionView(2, author, at, 3, words), VersionView(1, "Demo Instructor", at, 1, None))
    line = EntryLine(name, entry.belief, False, ("the-wettest-station-of-the-monsoon",), figures, 2, True)
    found = BankEntry(assignment, cohort, EntryView(line, words, words, history, {1: figures}))
    faults = {"question.ur": Message("This is needed.")}
    return {
        "found": found,
        "values": form_values(words) | {"question.ur": ""},
        "errors": faults,
        "refusal": str(WordsChanged()),
        "version": 2,
        "shown": preview(words, faults),
        "answer": ANSWER,
        "levels": [(key, LEVELS[number]) for number, key in enumerate(LEVEL_KEYS.values(), 1)],
        "may_change": True,
    }
