"""A course as a cohort takes it, for callers that ask for nobody, such as the worker."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CourseVersionView
from darsgah.enrolments import queries, service
from darsgah.enrolments.schemas import AssignmentView
from darsgah.errors import NotFound


class GivenCourse(msgspec.Struct, frozen=True):
    """A cohort's course with its assignments, in order."""

    cohort_id: UUID
    hub_id: UUID
    name: str
    course: CourseVersionView
    assignments: tuple[AssignmentView, ...]


async def given_course(session: AsyncSession, cohort_id: UUID) -> GivenCourse:
    """The course of a cohort.

    Raises:
        NotFound: there is no such cohort.
    """
    row = await queries.cohort_row(session, cohort_id)
    if row is None:
        raise NotFound
    courses = await catalog.course_versions(session, [row.course_version_id])
    return GivenCourse(
        cohort_id=row.id,
        hub_id=row.hub_id,
        name=row.name,
        course=courses[row.course_version_id],
        assignments=await service.assignments_of(session, [cohort_id]),
    )


async def active_members(session: AsyncSession, cohort_id: UUID) -> frozenset[UUID]:
    """The accounts that have a place in a cohort now."""
    return frozenset(await queries.active_members(session, cohort_id))
