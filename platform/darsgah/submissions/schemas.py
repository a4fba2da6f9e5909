"""What the submissions slice takes and shows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from darsgah.blobs.stored_file import StoredFile
from darsgah.catalog.schemas import LabVersionView
from darsgah.enrolments.schemas import AssignmentView, CohortView


class State(StrEnum):
    """Where a submission stands; ``received`` lasts only while it is being written."""

    RECEIVED = "received"
    QUEUED = "queued"
    GRADING = "grading"
    GRADED = "graded"
    REJECTED = "rejected"
    NEEDS_REVIEW = "needs_review"


FINAL = frozenset({State.GRADED, State.REJECTED, State.NEEDS_REVIEW})
"""States that grading does not leave by itself, but for one cause: an environment that works again."""


class SubmissionView(msgspec.Struct, frozen=True):
    """A submission as its learner sees it: a receipt, a state and, once graded, a score.

    ``sha256`` and ``size`` describe the exact bytes handed in: of the notebook, or, where there are several,
    of the JSON list of their names, digests and sizes. ``run_id`` names the grading run that counts.
    """

    id: UUID
    assignment_id: UUID
    cohort_id: UUID
    attempt: int
    state: State
    received_at: datetime
    late: bool
    notebooks: tuple[StoredFile, ...]
    sha256: str
    size: int
    score: float | None
    max_score: float | None
    run_id: UUID | None = None


class HeldSubmission(msgspec.Struct, frozen=True):
    """A submission that waits for a person, with the grading run because of which it does."""

    assignment_id: UUID
    run_id: UUID


class Allowance(msgspec.Struct, frozen=True):
    """What the learner may still hand in for an assignment.

    ``attempts_left`` is None where there is no limit; ``next_at`` is when the cool-down ends, None when a
    submission would be taken now; ``refusal`` is the code of the reason against one, or empty.
    """

    attempts_used: int
    attempts_left: int | None
    next_at: datetime | None
    refusal: str


class Progress(msgspec.Struct, frozen=True):
    """How far a learner is with an assignment: the state and id of the newest attempt, and the best score."""

    state: State
    latest_id: UUID
    best: float | None
    attempts_used: int


class DueItem(msgspec.Struct, frozen=True):
    """Something that a learner has to hand in; ``best`` is None before the first grade."""

    assignment: AssignmentView
    cohort: CohortView
    best: float | None
    attempts_used: int


class LatestItem(msgspec.Struct, frozen=True):
    """Something that a learner handed in lately."""

    submission: SubmissionView
    lab: LabVersionView
    cohort: CohortView


class Today(msgspec.Struct, frozen=True):
    """A person's day: ``due`` is soonest first, ``latest`` newest first.

    ``teaching`` are the newest cohorts that the person teaches; ``teaches_more`` says that there are others.
    """

    cohorts: tuple[CohortView, ...]
    due: tuple[DueItem, ...]
    latest: tuple[LatestItem, ...]
    teaching: tuple[CohortView, ...]
    teaches_more: bool


class AssignmentPage(msgspec.Struct, frozen=True):
    """An assignment with what its learner made of it so far and may still do."""

    cohort: CohortView
    assignment: AssignmentView
    allowance: Allowance
    attempts: tuple[SubmissionView, ...]


class StaffSubmissionView(msgspec.Struct, frozen=True):
    """A submission in an instructor's list; ``flagged`` says that its grade carries flags."""

    id: UUID
    assignment_id: UUID
    account_id: UUID
    learner: str
    lab_title: str
    attempt: int
    state: State
    received_at: datetime
    late: bool
    score: float | None
    max_score: float | None
    flagged: bool


class SubmissionPage(msgspec.Struct, frozen=True):
    """A page of an instructor's list, newest first; ``next_after`` goes into the next request, or is None."""

    submissions: tuple[StaffSubmissionView, ...]
    next_after: UUID | None


class GradingTicket(msgspec.Struct, frozen=True):
    """What the worker needs of a submission to grade it."""

    id: UUID
    hub_id: UUID
    assignment_id: UUID
    state: State
    notebooks: tuple[StoredFile, ...]
