"""What can be done with submissions: hand one in, look at one's own, list a cohort's, move a state."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import described, from_rows, store
from darsgah.db.columns import now as utc_now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortView, Window
from darsgah.errors import NotFound
from darsgah.jobs import queue
from darsgah.jobs.notifications import notify
from darsgah.submissions import queries
from darsgah.submissions.allowances import allowance, refuse
from darsgah.submissions.errors import KeyReused, NotEnrolled
from darsgah.submissions.models import Submission
from darsgah.submissions.recording import receipt, record
from darsgah.submissions.schemas import (
    FINAL,
    AssignmentPage,
    DueItem,
    GradingTicket,
    HeldSubmission,
    LatestItem,
    Progress,
    StaffSubmissionView,
    State,
    SubmissionPage,
    SubmissionView,
    Today,
)
from darsgah.submissions.uploads import check, named

PAGE: Final = 50
RECENT: Final = 5
TAUGHT: Final = 10
CHANNEL: Final = "darsgah_submission"
"""Notifications carry the id of the submission whose state changed."""


def _view(row: Submission) -> SubmissionView:
    return SubmissionView(
        id=row.id,
        assignment_id=row.assignment_id,
        cohort_id=row.cohort_id,
        attempt=row.attempt,
        state=State(row.state),
        received_at=row.received_at,
        late=row.late,
        notebooks=from_rows(row.notebooks),
        sha256=row.sha256,
        size=row.size,
        score=row.score,
        max_score=row.max_score,
        run_id=row.current_run_id,
    )


async def hand_in(
    session: AsyncSession,
    blobs: BlobStore,
    actor: Actor,
    assignment_id: UUID,
    uploads: Mapping[str, bytes],
    *,
    idempotency_key: str | None = None,
) -> SubmissionView:
    """Take a learner's notebooks: their bytes first, then the row and its grading job in one transaction.

    The same idempotency key with the same bytes returns the submission made before.

    Raises:
        NotFound: no assignment that the actor may see.
        NotEnrolled, LabNotOpen, DeadlinePassed, NoAttemptsLeft, CoolingDown: not now, or not this person.
        NotebookRefused: a file that cannot be graded, or that is not this lab's notebook.
        KeyReused: the key belongs to other bytes.
    """
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    if not cohort.learner:
        raise NotEnrolled
    notebooks = named(assignment, uploads)
    releases = {
        file.name: await blobs.get(file.sha256) for file in assignment.lab.notebooks if file.name in notebooks
    }
    await asyncio.to_thread(check, assignment, notebooks, releases)
    files = described(notebooks)
    if not await enrolments.lock_place(session, cohort.id, actor.account_id):
        raise NotEnrolled
    if idempotency_key is not None:
        before = await queries.by_key(session, actor.account_id, idempotency_key)
        if before is not None:
            if (before.assignment_id, before.sha256) != (assignment_id, receipt(files)[0]):
                raise KeyReused
            return _view(before)
    now = utc_now()
    made = await queries.attempts(session, assignment_id, actor.account_id)
    refuse(allowance(assignment, made, now), now)
    await store(blobs, notebooks)  # not before: what is refused must not fill the store
    try:
        row = await record(
            session,
            assignment,
            actor.account_id,
            files,
            attempt=made[0].attempt + 1 if made else 1,
            received_at=now,
            late=assignment.window is Window.LATE,
            idempotency_key=idempotency_key,
        )
    except IntegrityError as error:  # the same key at the same moment, for a lab of another cohort
        raise KeyReused from error
    return _view(row)


async def was_handed_in(session: AsyncSession, account_id: UUID, idempotency_key: str) -> bool:
    """Whether somebody made a submission with that key."""
    return await queries.by_key(session, account_id, idempotency_key) is not None


async def own_submission(session: AsyncSession, actor: Actor, submission_id: UUID) -> SubmissionView:
    """One submission of the actor's own.

    Raises:
        NotFound: the actor handed in none with that id.
    """
    row = await queries.own(session, actor, submission_id)
    if row is None:
        raise NotFound
    return _view(row)


async def staffed_submission(
    session: AsyncSession, actor: Actor, submission_id: UUID
) -> tuple[SubmissionView, UUID, str]:
    """One submission that the actor may review, with its learner's id and name.

    Raises:
        NotFound: there is none that the actor may review.
    """
    row = await queries.staffed(session, actor, submission_id)
    if row is None:
        raise NotFound
    names = await accounts.display_names(session, [row.account_id])
    return _view(row), row.account_id, names[row.account_id]


async def notebook_bytes(blobs: BlobStore, submission: SubmissionView, name: str) -> bytes:
    """The bytes handed in under that name, exactly.

    Raises:
        NotFound: no notebook of the submission has that name.
    """
    for file in submission.notebooks:
        if file.name == name:
            return await blobs.get(file.sha256)
    raise NotFound


async def assignment_page(session: AsyncSession, actor: Actor, assignment_id: UUID) -> AssignmentPage:
    """An assignment with the actor's own attempts, newest first, and what may still be handed in.

    Raises:
        NotFound: there is none that the actor may see.
    """
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    rows = await queries.attempts(session, assignment.id, actor.account_id)
    return AssignmentPage(
        cohort=cohort,
        assignment=assignment,
        allowance=allowance(assignment, rows, utc_now()),
        attempts=tuple(_view(row) for row in rows),
    )


async def attempts_of(session: AsyncSession, assignment_id: UUID, account_id: UUID) -> list[SubmissionView]:
    """Somebody's attempts, newest first, for a caller that may review them."""
    return [_view(row) for row in await queries.attempts(session, assignment_id, account_id)]


async def best_shares(session: AsyncSession, account_ids: Collection[UUID]) -> list[tuple[UUID, UUID, float]]:
    """Account, assignment, and the best share of its points, for all that was graded; whoever asks."""
    return await queries.best_shares(session, account_ids)


async def progress(
    session: AsyncSession, actor: Actor, assignments: Sequence[AssignmentView]
) -> dict[UUID, Progress]:
    """How far the actor is, by assignment; assignments not begun are left out."""
    ids = [view.id for view in assignments]
    latest = {
        row.assignment_id: row for row in await queries.latest_by_assignment(session, ids, actor.account_id)
    }
    totals = await queries.totals_by_assignment(session, ids, actor.account_id)
    return {
        assignment_id: Progress(state=State(row.state), latest_id=row.id, best=best, attempts_used=used)
        for assignment_id, row in latest.items()
        for used, best in [totals[assignment_id]]
    }


async def today(session: AsyncSession, actor: Actor) -> Today:
    """A person's day: what is due, what was handed in last, and where they teach."""
    learning = {view.id: view for view in await enrolments.learning_cohorts(session, actor)}
    taught = await enrolments.taught_cohorts(session, actor, most=TAUGHT)
    assignments = await enrolments.assignments_of(session, list(learning))
    by_id = {view.id: view for view in assignments}
    made = await progress(session, actor, assignments)
    due = [
        DueItem(
            assignment=view,
            cohort=learning[view.cohort_id],
            best=made[view.id].best if view.id in made else None,
            attempts_used=made[view.id].attempts_used if view.id in made else 0,
        )
        for view in assignments
        if view.window in (Window.OPEN, Window.LATE) and view.due_at is not None
    ]
    recent = await queries.recent(session, actor.account_id, list(by_id), RECENT)
    return Today(
        cohorts=tuple(learning.values()),
        due=tuple(sorted(due, key=lambda item: item.assignment.due_at or utc_now())),
        latest=tuple(
            LatestItem(
                submission=_view(row),
                lab=by_id[row.assignment_id].lab,
                cohort=learning[by_id[row.assignment_id].cohort_id],
            )
            for row in recent
        ),
        teaching=taught.cohorts,
        teaches_more=taught.next_after is not None,
    )


async def cohort_submissions(
    session: AsyncSession,
    actor: Actor,
    cohort_id: UUID,
    *,
    after: UUID | None = None,
    assignment_id: UUID | None = None,
    state: State | None = None,
    flagged: bool = False,
) -> tuple[CohortView, SubmissionPage]:
    """A page of a cohort's submissions for those who teach or run it, newest first.

    Raises:
        NotFound, Forbidden: no cohort that the actor may see, or may review.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    rows = await queries.page(
        session,
        cohort_id,
        after=after,
        limit=PAGE + 1,
        assignment_id=assignment_id,
        state=state,
        flagged=flagged,
    )
    shown = rows[:PAGE]
    names = await accounts.display_names(session, list({row.account_id for row in shown}))
    titles = {view.id: view.lab.title for view in await enrolments.assignments_of(session, [cohort_id])}
    views = tuple(
        StaffSubmissionView(
            id=row.id,
            assignment_id=row.assignment_id,
            account_id=row.account_id,
            learner=names[row.account_id],
            lab_title=titles[row.assignment_id],
            attempt=row.attempt,
            state=State(row.state),
            received_at=row.received_at,
            late=row.late,
            score=row.score,
            max_score=row.max_score,
            flagged=row.flagged,
        )
        for row in shown
    )
    return cohort, SubmissionPage(submissions=views, next_after=shown[-1].id if len(rows) > PAGE else None)


async def waiting_before(session: AsyncSession, submission: SubmissionView) -> int:
    """How many submissions will be graded before this one; counted up to 1,000."""
    if submission.state is not State.QUEUED:
        return 0
    job = await queries.job_of(session, submission.id)
    return await queue.waiting_before(session, job) or 0 if job is not None else 0


async def start_grading(session: AsyncSession, submission_id: UUID) -> GradingTicket | None:
    """Mark a submission as being graded, for the worker that will do it.

    Returns:
        None when there is nothing to do: it is gone or has been graded. A submission that another worker
        began and did not finish is handed out again.
    """
    row = await queries.for_update(session, submission_id)
    if row is None or State(row.state) in FINAL:
        return None
    row.state = State.GRADING
    await session.flush()
    await notify(session, CHANNEL, str(submission_id))
    return GradingTicket(
        id=row.id,
        hub_id=row.hub_id,
        assignment_id=row.assignment_id,
        state=State.GRADING,
        notebooks=from_rows(row.notebooks),
    )


async def held_by_person(session: AsyncSession, submission_id: UUID) -> HeldSubmission | None:
    """A submission that waits for a person after a grading run, locked; None for any other."""
    row = await queries.for_update(session, submission_id)
    if row is None or State(row.state) is not State.NEEDS_REVIEW or row.current_run_id is None:
        return None
    return HeldSubmission(row.assignment_id, row.current_run_id)


async def queue_again(session: AsyncSession, submission_id: UUID, job: int) -> None:
    """Let a submission wait for grading once more, by that job, and tell those who watch it.

    Its runs stay; the current one counts until there is another.
    """
    row = await queries.for_update(session, submission_id)
    if row is None:
        raise NotFound
    row.state, row.job = State.QUEUED, job
    await session.flush()
    await notify(session, CHANNEL, str(submission_id))


async def hold_for_result(session: AsyncSession, submission_id: UUID) -> bool:
    """Lock a submission for recording its result; False when another worker has recorded one meanwhile."""
    row = await queries.for_update(session, submission_id)
    return row is not None and State(row.state) not in FINAL


async def finish_grading(
    session: AsyncSession,
    submission_id: UUID,
    *,
    run_id: UUID,
    state: State,
    score: float | None,
    max_score: float,
    flagged: bool,
) -> None:
    """Switch a submission to a finished grading run, and tell those who watch it."""
    row = await queries.for_update(session, submission_id)
    if row is None:
        raise NotFound
    row.current_run_id, row.state = run_id, state
    row.score, row.max_score, row.flagged = score, max_score, flagged
    await session.flush()
    await notify(session, CHANNEL, str(submission_id))
