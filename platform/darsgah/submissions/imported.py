"""Work that was handed in elsewhere, before or beside this platform, and is taken over with its own time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import described, store
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView
from darsgah.submissions import queries, recording
from darsgah.submissions.recording import GRADE, receipt

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
    files = described(notebooks)
    key = f"imported:{assignment.id}:{receipt(files)[0]}"
    before = await queries.by_key(session, account_id, key)
    if before is not None:
        return before.id, False
    await store(blobs, notebooks)
    await enrolments.lock_place(session, assignment.cohort_id, account_id)
    made = await queries.attempts(session, assignment.id, account_id)
    row = await recording.record(
        session,
        assignment,
        account_id,
        files,
        attempt=made[0].attempt + 1 if made else 1,
        received_at=received_at,
        late=assignment.due_at is not None and received_at > assignment.due_at,
        idempotency_key=key,
        job=GRADE_IMPORTED,
    )
    return row.id, True


async def assignments_begun(session: AsyncSession, assignment_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of some assignments for which anybody handed something in."""
    return frozenset(await queries.assignments_begun(session, assignment_ids))
