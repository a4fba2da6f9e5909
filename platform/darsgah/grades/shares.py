"""How much of which lab people have solved: what other slices ask before they let somebody in."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.catalog import service as catalog
from darsgah.enrolments import service as enrolments
from darsgah.submissions import service as submissions

CLOSE_ENOUGH = 1e-9
"""Shares are quotients of points: this much less is the same."""


async def best_shares(
    session: AsyncSession, account_ids: Collection[UUID], lab_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], float]:
    """The best share of a lab's points, from 0 to 1, by account and lab, over every version and cohort.

    Only what is graded and shown to its learner counts; who has no grade in a lab is left out.
    """
    if not account_ids or not lab_ids:
        return {}
    reached = await submissions.best_shares(session, account_ids)
    given = await enrolments.lab_versions_given(session, {assignment for _, assignment, _ in reached})
    labs = await catalog.labs_of_versions(session, set(given.values()))
    best: dict[tuple[UUID, UUID], float] = {}
    for account_id, assignment_id, share in reached:
        lab_id = labs[given[assignment_id]]
        if lab_id in lab_ids:
            best[account_id, lab_id] = max(share, best.get((account_id, lab_id), 0.0))
    return best


def is_met(share: float, reached: float | None) -> bool:
    """Whether what was reached is as much as is asked for."""
    return reached is not None and reached >= share - CLOSE_ENOUGH
