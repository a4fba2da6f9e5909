"""How every submission begins, handed in here or brought along: its receipt, its row and its grading job."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.stored_file import StoredFile, to_rows
from darsgah.db.columns import new_id
from darsgah.enrolments.schemas import AssignmentView
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.submissions.models import Submission
from darsgah.submissions.schemas import State

GRADE: Final = JobKind("grade_submission", Queue.GRADING)


def receipt(files: Sequence[StoredFile]) -> tuple[str, int]:
    """SHA-256 and size that stand for the files handed in, as `Submission` says."""
    if len(files) == 1:
        return files[0].sha256, files[0].size
    manifest = msgspec.json.encode(files, order="deterministic")
    return hashlib.sha256(manifest).hexdigest(), sum(file.size for file in files)


async def record(
    session: AsyncSession,
    assignment: AssignmentView,
    account_id: UUID,
    files: Sequence[StoredFile],
    *,
    attempt: int,
    received_at: datetime,
    late: bool,
    idempotency_key: str | None,
    job: JobKind = GRADE,
) -> Submission:
    """Write row and job in the session's transaction.

    The blob store has the files, and the caller holds the place.

    Raises:
        IntegrityError: the account has a submission with that key.
    """
    sha256, size = receipt(files)
    submission_id = new_id()
    row = Submission(
        id=submission_id,
        job=await enqueue(session, job, submission_id=str(submission_id)),
        hub_id=assignment.hub_id,
        cohort_id=assignment.cohort_id,
        assignment_id=assignment.id,
        account_id=account_id,
        attempt=attempt,
        state=State.QUEUED,
        received_at=received_at,
        late=late,
        notebooks=to_rows(files),
        sha256=sha256,
        size=size,
        idempotency_key=idempotency_key,
    )
    session.add(row)
    await session.flush()
    return row
