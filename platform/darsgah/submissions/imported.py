"""Work that was handed in elsewhere, before or beside this platform, and is taken over with its own time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile, store, to_rows
from darsgah.db.columns import new_id
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView
from darsgah.jobs.queue import enqueue
from darsgah.submissions import queries
from darsgah.submissions.models import Submission
from darsgah.submissions.schemas import State
from darsgah.submissions.service import GRADE, receipt

GRADE_IMPORTED: Final = replace(GRADE, priority=-1)
"""The same job as for live work, taken after it: a term's worth of old work does not keep anybody waiting."""


async def record(
    session: AsyncSession,
    blobs: BlobStore,
    assignment: AssignmentView,
    account_id: UUID,
    *,
    notebooks: Mapping[str, bytes],
    received_at: datetime,
) -> tuple[UUID, bool]:
    """Record a submission as it is, whatever today's date, with its grading job in the same transaction.

    Nothing is refused: what cannot be graded is rejected by grading. The same bytes for the same assignment
    are recorded once, others become a further attempt.

    Args:
        notebooks: by the lab's names of its notebooks.

    Returns:
        The submission's id, and whether it is new.
    """
    known = [
        StoredFile(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in notebooks.items()
    ]
    sha256, size = receipt(known)
    key = f"imported:{assignment.id}:{sha256}"
    before = await queries.by_key(session, account_id, key)
    if before is not None:
        return before.id, False
    files = await store(blobs, notebooks)
    await enrolments.lock_place(session, assignment.cohort_id, account_id)
    made = await queries.attempts(session, assignment.id, account_id)
    submission_id = new_id()
    row = Submission(
        id=submission_id,
        job=await enqueue(session, GRADE_IMPORTED, submission_id=str(submission_id)),
        hub_id=assignment.hub_id,
        cohort_id=assignment.cohort_id,
        assignment_id=assignment.id,
        account_id=account_id,
        attempt=made[0].attempt + 1 if made else 1,
        state=State.QUEUED,
        received_at=received_at,
        late=assignment.due_at is not None and received_at > assignment.due_at,
        notebooks=to_rows(files),
        sha256=sha256,
        size=size,
        idempotency_key=key,
    )
    session.add(row)
    await session.flush()
    return row.id, True


async def assignments_begun(session: AsyncSession, assignment_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of some assignments for which anybody handed something in."""
    return frozenset(await queries.assignments_begun(session, assignment_ids))
