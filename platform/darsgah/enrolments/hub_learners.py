"""Who learns in a hub, over all of its cohorts, and where somebody finds the labs of their courses."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.enrolments import queries, service


async def learners_of_hub(
    session: AsyncSession, hub_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """The accounts that have a place in a cohort of the hub now, by id; ``after`` is the last one seen."""
    return await queries.learners_of_hub(session, hub_id, after=after, limit=limit)


async def learns_in(session: AsyncSession, account_id: UUID, hub_id: UUID) -> bool:
    """Whether somebody has a place in a cohort of the hub now."""
    return await queries.learns_in(session, account_id, hub_id)


async def lab_links(session: AsyncSession, actor: Actor, lab_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where a learner does each of these labs; their newest course first. Labs of no course are left out."""
    if not lab_ids or not actor.holds(Role.LEARNER):
        return {}
    cohorts = await service.learning_cohorts(session, actor)
    found: dict[UUID, str] = {}
    for view in await service.assignments_of(session, [cohort.id for cohort in cohorts]):
        if view.lab.lab_id in lab_ids:
            found[view.lab.lab_id] = f"/assignments/{view.id}"
    return found
