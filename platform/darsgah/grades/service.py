"""What can be done with grades: record a run, and show it to its learner and to those who review.

The web process imports this; what makes grades is in ``darsgah.grades.tasks`` and runs in the worker.
"""

import asyncio
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile, from_rows, to_rows
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.errors import NotFound
from darsgah.grades import queries
from darsgah.grades.flags import all_flags, asks_for_review, flag_view
from darsgah.grades.models import CellGradeRow, GradingRun
from darsgah.grades.schemas import (
    ENGINE,
    IMPORTED_ENGINE,
    ResultView,
    ReviewedRun,
    ReviewView,
    RunView,
    StatusView,
    question_view,
    reviewed_cell,
)
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.submissions import service as submissions
from darsgah.submissions.schemas import FINAL, State, SubmissionView
from darsgah_grader.feedback import learner_notebook
from darsgah_grader.types import (
    Assurance,
    CellGrade,
    Flag,
    Grade,
    GradeError,
    SandboxLevel,
    Verdict,
)

RELEASED: Final = JobKind("result_released", Queue.NOTICES)
"""A learner's result is there to be seen; takes ``submission_id``. Run by what is built on results."""
PACE: Final = timedelta(minutes=1)
PACE_COUNTED: Final = 100
"""So many gradings tell the pace, and no more are looked at."""


def state_of(grade: Grade) -> State:
    """Where a submission stands after this grade: some flags ask for a person, as does a cell that waits."""
    if grade.error is not None:
        return State.REJECTED
    return State.NEEDS_REVIEW if grade.waits_for_human or asks_for_review(grade) else State.GRADED


async def record(
    session: AsyncSession,
    *,
    submission_id: UUID,
    hub_id: UUID,
    grade: Grade,
    executed: tuple[StoredFile, ...],
    state: State | None = None,
) -> bool:
    """Add a grading run and switch the submission to it, in the caller's transaction.

    Args:
        executed: the executed notebooks, already kept by the blob store.
        state: where the submission goes; None lets the grade say.

    Returns:
        False, and nothing is written, when the submission has been graded meanwhile.
    """
    if not await submissions.hold_for_result(session, submission_id):
        return False
    run_id = await _add_run(session, submission_id, hub_id, grade, executed=executed, engine=ENGINE)
    state = state or state_of(grade)
    await submissions.finish_grading(
        session,
        submission_id,
        run_id=run_id,
        state=state,
        score=grade.score,
        max_score=grade.max_score,
        flagged=any(all_flags(grade)),
    )
    if state is State.GRADED and grade.score:
        await enqueue(session, RELEASED, submission_id=str(submission_id))
    return True


async def record_imported(session: AsyncSession, submission_id: UUID, hub_id: UUID, grade: Grade) -> bool:
    """Keep what another system's gradebook says of a submission, as a run beside those made here.

    The submission's state, score and current run stay as they are.

    Returns:
        False, and nothing is written, when exactly this was kept before.
    """
    before = await queries.imported_run(session, submission_id)
    if before is not None and await _grade(session, before) == grade:
        return False
    await submissions.hold_for_result(
        session, submission_id
    )  # whatever its state: runs are numbered one by one
    await _add_run(session, submission_id, hub_id, grade, engine=IMPORTED_ENGINE)
    await session.flush()
    return True


async def _add_run(
    session: AsyncSession,
    submission_id: UUID,
    hub_id: UUID,
    grade: Grade,
    *,
    executed: tuple[StoredFile, ...] = (),
    engine: str,
) -> UUID:
    run = GradingRun(
        hub_id=hub_id,
        submission_id=submission_id,
        number=await queries.last_number(session, submission_id) + 1,
        assurance=grade.assurance.value,
        sandbox=grade.sandbox.value,
        engine=engine,
        score=grade.score,
        max_score=grade.max_score,
        seconds=grade.seconds,
        code_seconds=grade.code_seconds,
        flags=msgspec.to_builtins(list(grade.flags)),
        executed=to_rows(executed),
        error_code=grade.error.code if grade.error else None,
        error_message=grade.error.message if grade.error else None,
    )
    session.add(run)
    await session.flush()
    session.add_all(_cell_row(run.id, position, cell) for position, cell in enumerate(grade.cells))
    return run.id


def _cell_row(run_id: UUID, position: int, cell: CellGrade) -> CellGradeRow:
    return CellGradeRow(
        run_id=run_id,
        position=position,
        notebook=cell.notebook,
        grade_id=cell.grade_id,
        title=cell.title,
        kind=cell.kind,
        score=cell.score,
        max_score=cell.max_score,
        verdict=cell.verdict.value,
        hidden=cell.hidden,
        message=cell.message,
        assurance=cell.assurance.value if cell.assurance else None,
        flags=msgspec.to_builtins(list(cell.flags)),
    )


async def _grade(session: AsyncSession, run: GradingRun) -> Grade:
    """A stored run as the value it was made from, without the executed notebooks."""
    cells = tuple(
        CellGrade(
            notebook=row.notebook,
            grade_id=row.grade_id,
            title=row.title,
            kind=row.kind,
            score=row.score,
            max_score=row.max_score,
            verdict=Verdict(row.verdict),
            hidden=row.hidden,
            message=row.message,
            assurance=Assurance(row.assurance) if row.assurance else None,
            flags=msgspec.convert(tuple(row.flags), tuple[Flag, ...]),
        )
        for row in await queries.cells(session, run.id)
    )
    error = (
        None if run.error_code is None else GradeError(code=run.error_code, message=run.error_message or "")
    )
    return Grade(
        score=run.score,
        max_score=run.max_score,
        assurance=Assurance(run.assurance),
        sandbox=SandboxLevel(run.sandbox),
        cells=cells,
        flags=msgspec.convert(tuple(run.flags), tuple[Flag, ...]),
        error=error,
        seconds=run.seconds,
        code_seconds=run.code_seconds,
    )


async def _current_run(session: AsyncSession, submission: SubmissionView) -> GradingRun | None:
    """The run that counts, as the submission's own row says; None until there is one."""
    return await queries.run(session, submission.run_id) if submission.run_id is not None else None


async def _run_view(session: AsyncSession, submission: SubmissionView) -> RunView | None:
    run = await _current_run(session, submission)
    if run is None:
        return None
    grade = await _grade(session, run)
    return RunView(
        id=run.id,
        number=run.number,
        graded_at=run.created_at,
        assurance=run.assurance,
        sandbox=run.sandbox,
        score=run.score,
        max_score=run.max_score,
        seconds=float(math.ceil(run.seconds)),
        waits_for_human=submission.state is State.NEEDS_REVIEW,
        error_code=grade.error.code if grade.error else "",
        error_message=grade.error.message if grade.error else "",
        cells=tuple(question_view(cell) for cell in grade.cells),
    )


async def result(session: AsyncSession, actor: Actor, submission_id: UUID) -> ResultView:
    """A learner's own submission with its grade, its earlier attempts and what may still be handed in.

    Raises:
        NotFound: the actor handed in none with that id.
    """
    submission = await submissions.own_submission(session, actor, submission_id)
    page = await submissions.assignment_page(session, actor, submission.assignment_id)
    status = await _status(session, submission)
    return ResultView(
        submission=submission,
        assignment=page.assignment,
        cohort=page.cohort,
        run=await _run_view(session, submission),
        attempts=page.attempts,
        allowance=page.allowance,
        waiting_before=status.waiting_before,
        estimate=status.estimate,
    )


async def status(session: AsyncSession, actor: Actor, submission_id: UUID) -> StatusView:
    """Where a learner's own submission stands: what is asked again and again while it waits.

    Raises:
        NotFound: the actor handed in none with that id.
    """
    return await _status(session, await submissions.own_submission(session, actor, submission_id))


async def _status(session: AsyncSession, submission: SubmissionView) -> StatusView:
    if submission.state in FINAL:
        return StatusView(submission, 0, None)
    waiting = await submissions.waiting_before(session, submission)
    return StatusView(submission, waiting, await _estimate(session, waiting))


async def _estimate(session: AsyncSession, waiting: int) -> float | None:
    """Seconds until a submission with so many before it is graded, at the last minute's pace."""
    moment = now()
    graded, first = await queries.pace(session, moment - PACE, PACE_COUNTED)
    if first is None:
        return None
    span = PACE if graded < PACE_COUNTED else moment - first
    return (waiting + 1) * span.total_seconds() / graded


async def _executed(session: AsyncSession, submission: SubmissionView) -> Mapping[str, StoredFile]:
    run = await _current_run(session, submission)
    return {} if run is None else {file.name: file for file in from_rows(run.executed)}


async def learner_copy(
    session: AsyncSession, blobs: BlobStore, actor: Actor, submission_id: UUID, name: str
) -> bytes:
    """The executed notebook of a learner's own submission, without anything of the hidden tests.

    Raises:
        NotFound: no such submission of the actor's, not graded yet, or no notebook of that name.
    """
    submission = await submissions.own_submission(session, actor, submission_id)
    file = (await _executed(session, submission)).get(name)
    if file is None:
        raise NotFound
    return await asyncio.to_thread(learner_notebook, await blobs.get(file.sha256))


async def review(session: AsyncSession, actor: Actor, submission_id: UUID) -> ReviewView:
    """A submission for those who may review it: the grade, its flags, and the learner's other attempts.

    Raises:
        NotFound: there is none that the actor may review.
    """
    submission, account_id, learner = await submissions.staffed_submission(session, actor, submission_id)
    assignment, cohort = await enrolments.assignment(session, actor, submission.assignment_id)
    return ReviewView(
        submission=submission,
        assignment=assignment,
        cohort=cohort,
        account_id=account_id,
        learner=learner,
        run=await _reviewed_run(session, submission),
        attempts=tuple(await submissions.attempts_of(session, assignment.id, account_id)),
    )


async def _reviewed_run(session: AsyncSession, submission: SubmissionView) -> ReviewedRun | None:
    run = await _current_run(session, submission)
    if run is None:
        return None
    grade = await _grade(session, run)
    return ReviewedRun(
        id=run.id,
        number=run.number,
        graded_at=run.created_at,
        assurance=run.assurance,
        sandbox=run.sandbox,
        score=run.score,
        max_score=run.max_score,
        seconds=run.seconds,
        code_seconds=run.code_seconds,
        waits_for_human=submission.state is State.NEEDS_REVIEW,
        error_code=grade.error.code if grade.error else "",
        error_message=grade.error.message if grade.error else "",
        flags=tuple(flag_view(flag) for flag in grade.flags),
        cells=tuple(reviewed_cell(cell) for cell in grade.cells),
    )


async def review_with_notebooks(
    session: AsyncSession, blobs: BlobStore, actor: Actor, submission_id: UUID
) -> tuple[ReviewView, dict[str, bytes]]:
    """The review with the notebooks as they ran, by name, hidden tests included.

    Raises:
        NotFound: there is none that the actor may review.
    """
    view = await review(session, actor, submission_id)
    files = await _executed(session, view.submission)
    return view, {name: await blobs.get(file.sha256) for name, file in files.items()}


async def executed_notebook(
    session: AsyncSession, blobs: BlobStore, actor: Actor, submission_id: UUID, name: str
) -> bytes:
    """The executed notebook as it ran, hidden tests included, for those who may review the submission.

    Raises:
        NotFound: no such submission, not graded yet, or no notebook of that name.
    """
    submission, _, _ = await submissions.staffed_submission(session, actor, submission_id)
    file = (await _executed(session, submission)).get(name)
    if file is None:
        raise NotFound
    return await blobs.get(file.sha256)
