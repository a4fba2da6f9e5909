"""What the grades slice shows, to learners and to those who review."""

from datetime import datetime
from uuid import UUID

import msgspec

from darsgah.enrolments.schemas import AssignmentView, CohortView
from darsgah.grades.flags import FlagView, flag_view
from darsgah.submissions.schemas import Allowance, SubmissionView
from darsgah_grader.types import CellGrade

ENGINE = "1"
"""Version of the scoring rules; a run keeps the one it was made with."""
IMPORTED_ENGINE = "nbgrader"
"""The engine of runs that were brought along from another gradebook: kept beside, never the current."""


class QuestionView(msgspec.Struct, frozen=True):
    """What a learner is told about one question.

    ``score`` is None while it waits for a person; ``assurance`` is empty where no test was run.
    """

    notebook: str
    grade_id: str
    title: str
    kind: str
    score: float | None
    max_score: float
    verdict: str
    message: str
    assurance: str


class RunView(msgspec.Struct, frozen=True):
    """A grading run as its learner sees it: nothing of hidden tests, flags or the machine's inside.

    ``assurance`` and ``sandbox`` say how far the score can be trusted; ``seconds`` is what grading took, in
    whole seconds: a learner's code could say something of a hidden test by how long it takes.
    """

    id: UUID
    number: int
    graded_at: datetime
    assurance: str
    sandbox: str
    score: float | None
    max_score: float
    seconds: float
    waits_for_human: bool
    error_code: str
    error_message: str
    cells: tuple[QuestionView, ...]


class StatusView(msgspec.Struct, frozen=True):
    """Where a submission stands while it waits.

    ``waiting_before`` counts those queued earlier, and ``estimate`` is the seconds until it is graded, from
    the last minute's pace, None where nothing tells.
    """

    submission: SubmissionView
    waiting_before: int
    estimate: float | None


class ResultView(msgspec.Struct, frozen=True):
    """A learner's submission with everything its page shows.

    ``run`` is None until the submission has been graded; the last two are as in `StatusView`.
    """

    submission: SubmissionView
    assignment: AssignmentView
    cohort: CohortView
    run: RunView | None
    attempts: tuple[SubmissionView, ...]
    allowance: Allowance
    waiting_before: int
    estimate: float | None


class ReviewedCell(msgspec.Struct, frozen=True):
    """A graded cell as an instructor sees it, with the reasons for a human to look."""

    notebook: str
    grade_id: str
    title: str
    kind: str
    score: float | None
    max_score: float
    verdict: str
    hidden: bool
    message: str
    assurance: str
    flags: tuple[FlagView, ...]


class ReviewedRun(msgspec.Struct, frozen=True):
    """A grading run as an instructor sees it; ``code_seconds`` are those the notebook's own code ran."""

    id: UUID
    number: int
    graded_at: datetime
    assurance: str
    sandbox: str
    score: float | None
    max_score: float
    seconds: float
    code_seconds: float
    waits_for_human: bool
    error_code: str
    error_message: str
    flags: tuple[FlagView, ...]
    cells: tuple[ReviewedCell, ...]


class ReviewView(msgspec.Struct, frozen=True):
    """A submission as an instructor reviews it; ``run`` is None until it has been graded."""

    submission: SubmissionView
    assignment: AssignmentView
    cohort: CohortView
    account_id: UUID
    learner: str
    run: ReviewedRun | None
    attempts: tuple[SubmissionView, ...]


def question_view(cell: CellGrade) -> QuestionView:
    """The part of a cell's grade that is for its learner."""
    return QuestionView(
        notebook=cell.notebook,
        grade_id=cell.grade_id,
        title=cell.title,
        kind=cell.kind,
        score=cell.score,
        max_score=cell.max_score,
        verdict=cell.verdict.value,
        message=cell.message,
        assurance=cell.assurance.value if cell.assurance else "",
    )


def reviewed_cell(cell: CellGrade) -> ReviewedCell:
    """A cell's grade with everything that is for instructors."""
    return ReviewedCell(
        notebook=cell.notebook,
        grade_id=cell.grade_id,
        title=cell.title,
        kind=cell.kind,
        score=cell.score,
        max_score=cell.max_score,
        verdict=cell.verdict.value,
        hidden=cell.hidden,
        message=cell.message,
        assurance=cell.assurance.value if cell.assurance else "",
        flags=tuple(flag_view(flag) for flag in cell.flags),
    )
