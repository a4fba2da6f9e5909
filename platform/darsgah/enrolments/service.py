"""What can be done with cohorts: open them, give them labs, enrol people, and show them to those in them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.db.columns import now as utc_now
from darsgah.enrolments import queries
from darsgah.enrolments.course_steps import course_steps, neighbours
from darsgah.enrolments.models import Assignment, Cohort, Enrolment
from darsgah.enrolments.presenting import assignment_view, cohort_view
from darsgah.enrolments.schemas import (
    AssignmentView,
    CohortPage,
    CohortPlan,
    CohortView,
    CoursePage,
    TaughtCohorts,
    Terms,
    Window,
)
from darsgah.errors import Conflict, Forbidden, NotFound
from darsgah.hubs import service as hubs

PAGE = 50


class CohortFull(Conflict):
    """All places of this cohort are taken."""

    code = "cohort_full"


class LabNotOpen(Conflict):
    """This lab has not opened yet: come back after its opening time."""

    code = "not_open"


async def open_cohort(session: AsyncSession, plan: CohortPlan, terms: Terms) -> UUID:
    """Open a cohort with every lab of its course version as an assignment under the same terms.

    A cohort of that hub, version and name which exists already is returned as it is.
    """
    existing = await queries.cohort_by_name(session, plan.hub_id, plan.course_version_id, plan.name)
    if existing is not None:
        return existing.id
    cohort = Cohort(
        hub_id=plan.hub_id,
        course_version_id=plan.course_version_id,
        name=plan.name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        capacity=plan.capacity,
    )
    session.add(cohort)
    await session.flush()
    outline = await catalog.course_outline(session, plan.course_version_id)
    places = [(module.id, lab_id) for module in outline.modules for lab_id in module.lab_version_ids]
    session.add_all(
        Assignment(
            hub_id=plan.hub_id,
            cohort_id=cohort.id,
            lab_version_id=lab_id,
            module_id=module_id,
            position=position,
            opens_at=terms.opens_at,
            due_at=terms.due_at,
            closes_at=terms.closes_at,
            attempt_limit=terms.attempt_limit,
            cooldown_seconds=terms.cooldown_seconds,
        )
        for position, (module_id, lab_id) in enumerate(places)
    )
    await session.flush()
    return cohort.id


async def cohort_of_course(
    session: AsyncSession, hub_id: UUID, course_version_ids: Sequence[UUID], name: str
) -> UUID | None:
    """The hub's cohort of that name that runs one of those versions of a course; None when there is none."""
    return await queries.cohort_of_course(session, hub_id, course_version_ids, name)


async def follow_course(
    session: AsyncSession, cohort_id: UUID, course_version_id: UUID, *, keep: Collection[UUID]
) -> None:
    """Move a cohort to another version of its course: labs new in it are given, the others change version.

    Nothing is taken away: an assignment whose lab the version lacks stays. New ones come last, without dates.

    Args:
        keep: assignments that stay with the lab version they have.

    Raises:
        NotFound: there is no such cohort.
    """
    cohort = await queries.cohort_for_update(session, cohort_id)
    if cohort is None:
        raise NotFound
    outline = await catalog.course_outline(session, course_version_id)
    module_of = {lab_id: module.id for module in outline.modules for lab_id in module.lab_version_ids}
    rows = await queries.assignments(session, [cohort_id])
    labs = await catalog.lab_versions(session, [*module_of, *(row.lab_version_id for row in rows)])
    version_of = {labs[version_id].lab_id: version_id for version_id in module_of}
    for row in rows:
        version_id = version_of.pop(labs[row.lab_version_id].lab_id, None)
        if version_id is None:
            continue
        row.module_id = module_of[version_id]
        if row.id not in keep:
            row.lab_version_id = version_id
    after = max((row.position for row in rows), default=-1) + 1
    session.add_all(
        Assignment(
            hub_id=cohort.hub_id,
            cohort_id=cohort_id,
            lab_version_id=version_id,
            module_id=module_of[version_id],
            position=position,
        )
        for position, version_id in enumerate(version_of.values(), after)
    )
    cohort.course_version_id = course_version_id
    await session.flush()


async def members(session: AsyncSession, cohort_id: UUID) -> frozenset[UUID]:
    """The accounts that have or had a place in a cohort."""
    return frozenset(await queries.members(session, cohort_id))


async def change_terms(session: AsyncSession, assignment_id: UUID, terms: Terms) -> None:
    """Give one assignment other dates and limits.

    Raises:
        NotFound: there is no such assignment.
    """
    row = await queries.assignment(session, assignment_id)
    if row is None:
        raise NotFound
    row.opens_at, row.due_at, row.closes_at = terms.opens_at, terms.due_at, terms.closes_at
    row.attempt_limit, row.cooldown_seconds = terms.attempt_limit, terms.cooldown_seconds
    await session.flush()


async def enrol(session: AsyncSession, cohort_id: UUID, account_id: UUID) -> None:
    """Give somebody a place in a cohort; enrolling twice changes nothing.

    Raises:
        NotFound: there is no such cohort.
        CohortFull: every place is taken.
    """
    cohort = await queries.cohort_for_update(session, cohort_id)
    if cohort is None:
        raise NotFound
    if await queries.is_member(session, cohort_id, account_id):
        return
    if cohort.capacity is not None and cohort.enrolled >= cohort.capacity:
        raise CohortFull
    session.add(Enrolment(hub_id=cohort.hub_id, cohort_id=cohort_id, account_id=account_id))
    cohort.enrolled += 1
    await session.flush()


async def _cohort_views(session: AsyncSession, rows: Sequence[tuple[Cohort, bool, bool]]) -> list[CohortView]:
    courses = await catalog.course_versions(session, [cohort.course_version_id for cohort, _, _ in rows])
    by_hub = await hubs.hubs_by_id(session, {cohort.hub_id for cohort, _, _ in rows})
    return [
        cohort_view(
            cohort, courses[cohort.course_version_id], by_hub[cohort.hub_id], staff=staff, learner=learner
        )
        for cohort, staff, learner in rows
    ]


async def list_cohorts(session: AsyncSession, actor: Actor, *, after: UUID | None = None) -> list[CohortView]:
    """Cohorts the actor learns in or staffs, newest first, at most 50; ``after`` is the last id seen."""
    learning = await queries.cohorts(session, actor, queries.joined_by(actor), after=after, limit=PAGE)
    teaching = await queries.cohorts(session, actor, queries.staffed_by(actor), after=after, limit=PAGE)
    rows = {row[0].id: row for row in (*learning, *teaching)}
    return await _cohort_views(session, [rows[key] for key in sorted(rows, reverse=True)[:PAGE]])


async def learning_cohorts(session: AsyncSession, actor: Actor) -> list[CohortView]:
    """The newest 50 cohorts that the actor learns in, however many they teach."""
    rows = await queries.cohorts(session, actor, queries.joined_by(actor), after=None, limit=PAGE)
    return await _cohort_views(session, rows)


async def taught_cohorts(
    session: AsyncSession, actor: Actor, *, after: UUID | None = None, most: int = PAGE
) -> TaughtCohorts:
    """Cohorts the actor teaches or runs; ``after`` is the last id seen."""
    rows = await queries.cohorts(session, actor, queries.staffed_by(actor), after=after, limit=most + 1)
    shown = await _cohort_views(session, rows[:most])
    return TaughtCohorts(tuple(shown), shown[-1].id if len(rows) > most else None)


async def cohort(session: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortView:
    """One cohort.

    Raises:
        NotFound: there is none that the actor may see.
    """
    found = await queries.cohort(session, actor, cohort_id)
    if found is None:
        raise NotFound
    return (await _cohort_views(session, [found]))[0]


async def staffed_cohort(session: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortView:
    """One cohort, for those who teach or run it.

    Raises:
        NotFound: there is none that the actor may see.
        Forbidden: the actor is only a learner in it.
    """
    view = await cohort(session, actor, cohort_id)
    if not view.staff:
        raise Forbidden
    return view


async def _assignment_views(session: AsyncSession, rows: Sequence[Assignment]) -> tuple[AssignmentView, ...]:
    labs = await catalog.lab_versions(session, list({row.lab_version_id for row in rows}))
    now = utc_now()
    return tuple(assignment_view(row, labs[row.lab_version_id], now) for row in rows)


async def cohort_page(session: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortPage:
    """A cohort with its modules and assignments.

    Raises:
        NotFound: there is none that the actor may see.
    """
    view = await cohort(session, actor, cohort_id)
    outline = await catalog.course_outline(session, view.course.id)
    assignments = await _assignment_views(session, await queries.assignments(session, [cohort_id]))
    return CohortPage(cohort=view, modules=outline.modules, assignments=assignments)


async def course_page(session: AsyncSession, actor: Actor, cohort_id: UUID, page_id: UUID) -> CoursePage:
    """A page of a cohort's course.

    Raises:
        NotFound: no cohort that the actor may see, or its course has no such page.
    """
    page = await cohort_page(session, actor, cohort_id)
    view = await catalog.course_page(session, page.cohort.course.id, page_id)
    modules = course_steps(page)
    before, after = neighbours(modules, page_id)
    module = next(
        module
        for module in page.modules
        if any(item.page and item.page.id == page_id for item in module.items)
    )
    return CoursePage(page.cohort, module, view, before, after)


async def lab_version_of(session: AsyncSession, assignment_id: UUID) -> UUID:
    """The lab version that an assignment gives, for the worker.

    Raises:
        NotFound: there is no such assignment.
    """
    row = await queries.assignment(session, assignment_id)
    if row is None:
        raise NotFound
    return row.lab_version_id


async def lab_file(
    session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID, name: str, *, notebook: bool
) -> bytes:
    """The learner's version of a notebook of an assignment, or one of its data files.

    Raises:
        NotFound: no assignment that the actor may see, or nothing of that name in it.
        LabNotOpen: a learner asks before the opening time.
    """
    view, given_in = await assignment(session, actor, assignment_id)
    if view.window is Window.NOT_OPEN and not given_in.staff:
        raise LabNotOpen
    for file in view.lab.notebooks if notebook else view.lab.files:
        if file.name == name:
            return await blobs.get(file.sha256)
    raise NotFound


async def assignments_of(session: AsyncSession, cohort_ids: Sequence[UUID]) -> tuple[AssignmentView, ...]:
    """The assignments of cohorts that the caller has already been allowed to see."""
    return await _assignment_views(session, await queries.assignments(session, cohort_ids))


async def assignment(
    session: AsyncSession, actor: Actor, assignment_id: UUID
) -> tuple[AssignmentView, CohortView]:
    """One assignment with its cohort.

    Raises:
        NotFound: there is none that the actor may see.
    """
    row = await queries.assignment(session, assignment_id)
    if row is None:
        raise NotFound
    view = await cohort(session, actor, row.cohort_id)
    return (await _assignment_views(session, [row]))[0], view


async def assignments_on_lab(session: AsyncSession, hub_id: UUID, lab_id: UUID) -> Sequence[UUID]:
    """The assignments of a hub that give a lab, in whichever version, for a caller that may see the hub's."""
    versions = await catalog.versions_of_lab(session, lab_id)
    return await queries.assignments_on(session, hub_id, versions)


async def lab_versions_given(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The lab version that each of these assignments gives, whoever asks."""
    return await queries.lab_versions_given(session, ids)


async def lock_place(session: AsyncSession, cohort_id: UUID, account_id: UUID) -> bool:
    """Hold somebody's place in a cohort until the transaction ends, so that their attempts come one by one.

    Returns:
        False when they have no active place.
    """
    return await queries.lock_place(session, cohort_id, account_id)


async def labs_taught_by(session: AsyncSession, actor: Actor, most: int) -> Sequence[UUID]:
    """The lab versions that cohorts work on which the actor teaches or runs, newest first."""
    return await queries.labs_taught_by(session, actor, most)


async def labs_in_use(session: AsyncSession) -> Sequence[UUID]:
    """The lab versions that cohorts work on, for the worker."""
    return await queries.labs_in_use(session, utc_now().date())


async def teaches_lab(session: AsyncSession, actor: Actor, lab_version_id: UUID) -> bool:
    """Whether a cohort works on that lab version which the actor teaches or runs."""
    return await queries.teaches_lab(session, actor, lab_version_id)
