"""What a course sets for the tutor: exam switch, hints at all, transcripts, how many a day, how sure."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.enrolments import service as enrolments
from darsgah.errors import Forbidden
from darsgah.tutoring import queries
from darsgah.tutoring.schemas import AssignmentTutoring, CohortTutoring

MAY_CHANGE = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)
"""Roles that may set it in their cohorts; auditors only read."""


async def cohort_tutoring(session: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortTutoring:
    """What a cohort's staff set for the tutor.

    Raises:
        NotFound, Forbidden: the actor does not teach or run it.
    """
    await enrolments.staffed_cohort(session, actor, cohort_id)
    return await queries.cohort_tutoring(session, cohort_id)


async def change_cohort_tutoring(
    session: AsyncSession, actor: Actor, cohort_id: UUID, wanted: CohortTutoring
) -> CohortTutoring:
    """Set it; takes effect with the next hint that is asked for.

    Raises:
        NotFound, Forbidden: the actor does not teach or run it.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    require_change(actor, cohort.hub_id)
    await queries.set_cohort_tutoring(session, cohort_id, wanted)
    return wanted


async def assignment_tutoring(session: AsyncSession, actor: Actor, assignment_id: UUID) -> AssignmentTutoring:
    """What a cohort's staff set for the tutor in one lab.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    assignment, _ = await enrolments.assignment(session, actor, assignment_id)
    await enrolments.staffed_cohort(session, actor, assignment.cohort_id)
    return await queries.assignment_tutoring(session, assignment_id)


async def change_assignment_tutoring(
    session: AsyncSession, actor: Actor, assignment_id: UUID, wanted: AssignmentTutoring
) -> AssignmentTutoring:
    """Set it for one lab.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    assignment, _ = await enrolments.assignment(session, actor, assignment_id)
    cohort = await enrolments.staffed_cohort(session, actor, assignment.cohort_id)
    require_change(actor, cohort.hub_id)
    await queries.set_assignment_tutoring(session, assignment_id, wanted)
    return wanted


def require_change(actor: Actor, hub_id: UUID) -> None:
    """Raises Forbidden for those who only read in that hub."""
    if not actor.holds(*MAY_CHANGE, hub_id=hub_id):
        raise Forbidden
