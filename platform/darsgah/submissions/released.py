"""Results that their learners have been shown: what counts for what is built on them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.submissions import queries


class ReleasedResult(msgspec.Struct, frozen=True):
    """Somebody's best result in an assignment; ``sha256`` is the receipt of the work that was graded."""

    assignment_id: UUID
    score: float
    max_score: float
    sha256: str
    received_at: datetime

    @property
    def share(self) -> float:
        """The share of the points, of 1."""
        return self.score / self.max_score


async def best_results(
    session: AsyncSession, cohort_id: UUID, account_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, ReleasedResult]]:
    """The best result of some people in each assignment of a cohort, by account and assignment.

    Only what is graded and shown to its learner counts: what waits for a person does not.
    """
    best: dict[UUID, dict[UUID, ReleasedResult]] = {}
    for row in await queries.best_graded(session, cohort_id, account_ids):
        if row.score is not None and row.max_score:
            best.setdefault(row.account_id, {})[row.assignment_id] = ReleasedResult(
                row.assignment_id, row.score, row.max_score, row.sha256, row.received_at
            )
    return best


async def place_of(session: AsyncSession, submission_id: UUID) -> tuple[UUID, UUID] | None:
    """The cohort and the learner of a submission, for the worker."""
    return await queries.place_of(session, submission_id)
