"""The import of one nbgrader course, step by step in the order in which one thing needs another."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Role
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, LabPackage, LabVersionView, ModulePlan
from darsgah.course_import.handed_in import SubmissionImport
from darsgah.course_import.labs import lab_slugs, natural, packaged, readable_lab
from darsgah.course_import.report import Kind, Outcome, Report
from darsgah.course_import.steps import Begin, lasting, rehearsal
from darsgah.course_import.students import account_of, identities
from darsgah.db.advisory_lock import try_lock
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortPlan, Terms
from darsgah.errors import Conflict, MalformedInput
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.lab_checks import service as lab_checks
from darsgah.publishing import digest_of
from darsgah.submissions.imported import assignments_begun
from darsgah_grader.grading import Grader
from darsgah_grader.master import MasterNotebook, read_master
from darsgah_grader.nbgrader_course import Course, CourseAssignment
from darsgah_grader.types import AssignmentInvalid, Master
from darsgah_labs.format import Lab

MODULE = ("Assignments", "اسائنمنٹس")
"""The title of the one module, in both languages: nbgrader's courses are a plain list of assignments."""


class NothingToImport(MalformedInput):
    """None of the course's assignments can be used as it is. Nothing was imported."""

    code = "nothing_to_import"


class ImportRunning(Conflict):
    """This course is being imported already: wait for that to end. Nothing was changed."""

    code = "import_running"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a course goes.

    Attributes:
        course: the course's slug in the hub's catalogue.
        cohort: the name of the cohort; one of that course and name is used again.
    """

    hub: HubView
    course: str
    cohort: str


IMPORTED, COMMAND = "imported", "darsgah import nbgrader"
"""Why labs of a course that ran elsewhere are published unchecked, and by whom."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A lab that can be published: its package, or the version that is published and made of just this."""

    lab: Lab
    made: LabPackage | LabVersionView


class CourseImport:
    """One import of one course.

    Args:
        blobs: where contents are kept; one that forgets for a dry run.
        progress: told how many submissions are done, and of how many.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        grader: Grader,
        *,
        course: Course,
        target: Target,
        report: Report,
        progress: Callable[[int, int], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._grader = grader
        self._course = course
        self._target = target
        self._report = report
        self._progress = progress
        self._slugs = lab_slugs(target.course, (assignment.name for assignment in course.assignments))

    async def run(self, *, dry_run: bool) -> None:
        """Import what an earlier run did not, or only say what that would be.

        Raises:
            NothingToImport, ImportRunning: nothing was written.
            DarsgahError: database or blob store gave up midway; running again does the rest.
            SandboxUnavailable, EnvironmentBroken: AUTOTEST lines need the reference solutions run.
        """
        async with try_lock(self._database, f"import {self._target.hub.id} {self._target.course}") as alone:
            if not alone:
                raise ImportRunning
            for problem in self._course.problems:
                self._report.add(Kind.COURSE, Outcome.LEFT_OUT, problem)
            ready = await self._prepare()
            async with rehearsal(self._database) if dry_run else lasting(self._database) as begin:
                await self._write(begin, ready)

    async def _write(self, begin: Begin, ready: Mapping[str, _Ready]) -> None:
        labs = [await self._lab(begin, name, found) for name, found in ready.items()]
        async with begin() as session:
            assignments = await self._cohort(session, labs)
        accounts = await self._students(begin, assignments[0].cohort_id)
        by_slug = {view.lab.slug: view for view in assignments}
        step = SubmissionImport(
            begin,
            self._blobs,
            self._report,
            course=self._course,
            accounts=accounts,
            assignments={name: by_slug[self._slugs[name]] for name in ready},
            masters={name: _masters(found.lab) for name, found in ready.items()},
        )
        await step.run(self._progress)

    async def _prepare(self) -> dict[str, _Ready]:
        """Every assignment that can be a lab, by name, packaged unless it is published just so.

        Outside any transaction: reference solutions may have to run for a while.
        """
        ready: dict[str, _Ready] = {}
        for assignment in sorted(self._course.assignments, key=lambda found: natural(found.name)):
            found = await self._prepared(assignment)
            if found is not None:
                ready[assignment.name] = found
        if not ready:
            raise NothingToImport
        return ready

    async def _prepared(self, assignment: CourseAssignment) -> _Ready | None:
        read = readable_lab(assignment)
        for problem in read.problems:
            self._report.add(Kind.LAB, Outcome.LEFT_OUT, problem)
        if read.lab is None:
            return None
        slug = self._slugs[assignment.name]
        published = await self._published(slug, digest_of(read.lab, self._course.autotests))
        if published is not None:
            return _Ready(read.lab, published)
        try:
            package, problems = await asyncio.to_thread(
                packaged, read.lab, self._grader, self._course.autotests, slug
            )
        except AssignmentInvalid as error:
            self._report.add(Kind.LAB, Outcome.LEFT_OUT, f"{assignment.name}: {error}")
            return None
        for problem in problems:
            self._report.add(Kind.LAB, Outcome.LEFT_OUT, f"{assignment.name}: {problem}")
        return _Ready(read.lab, await self._published(slug, package.digest) or package)

    async def _published(self, slug: str, digest: str) -> LabVersionView | None:
        async with self._database.begin() as session:
            return await catalog.published_lab(session, self._target.hub.id, slug, digest)

    async def _lab(self, begin: Begin, name: str, ready: _Ready) -> LabVersionView:
        if isinstance(ready.made, LabVersionView):
            version, outcome = ready.made, Outcome.SAME
        else:
            async with begin() as session:
                version = await catalog.publish_lab(session, self._blobs, self._target.hub.id, ready.made)
                await lab_checks.record(
                    session, version.id, None, override_reason=IMPORTED, override_by=COMMAND
                )
            outcome = Outcome.NEW if version.number == 1 else Outcome.CHANGED
        self._report.add(Kind.LAB, outcome, f"{name}: {version.slug}, {_described(version)}")
        return version

    async def _cohort(
        self, session: AsyncSession, labs: Sequence[LabVersionView]
    ) -> tuple[AssignmentView, ...]:
        """Course and cohort with these labs; new assignments get the gradebook's date."""
        hub, cohort = self._target.hub, self._target.cohort
        before = await catalog.course_version_ids(session, hub.id, self._target.course)
        course_version_id = await self._course_version(session, labs, before)
        versions = await catalog.course_version_ids(session, hub.id, self._target.course)
        cohort_id = await enrolments.cohort_of_course(session, hub.id, versions, cohort)
        given: dict[UUID, int] = {}
        if cohort_id is None:
            cohort_id = await enrolments.open_cohort(
                session, CohortPlan(hub.id, course_version_id, cohort), Terms()
            )
            self._report.add(Kind.COHORT, Outcome.NEW, f"{cohort}, in {hub.name}")
        else:
            known = await enrolments.assignments_of(session, [cohort_id])
            given = {view.id: view.lab.number for view in known}
            begun = await assignments_begun(session, list(given))
            await enrolments.follow_course(session, cohort_id, course_version_id, keep=begun)
            self._report.add(Kind.COHORT, Outcome.SAME, f"{cohort}, in {hub.name}")
        newest = {lab.slug: lab.number for lab in labs}
        for view in await enrolments.assignments_of(session, [cohort_id]):
            await self._terms(session, view, newest.get(view.lab.slug), given.get(view.id))
        return await enrolments.assignments_of(session, [cohort_id])

    async def _course_version(
        self, session: AsyncSession, labs: Sequence[LabVersionView], before: Sequence[UUID]
    ) -> UUID:
        """The course with these labs; labs of its last version that this folder lacks stay in it."""
        taken = {lab.slug for lab in labs}
        stay: list[LabVersionView] = []
        if before:
            outline = await catalog.course_outline(session, before[0])
            ids = [lab_id for module in outline.modules for lab_id in module.lab_version_ids]
            known = await catalog.lab_versions(session, ids)
            stay = [known[lab_id] for lab_id in ids if known[lab_id].slug not in taken]
        ordered = sorted([*labs, *stay], key=lambda lab: natural(lab.slug))
        title, title_ur = MODULE
        plan = CoursePlan(
            slug=self._target.course,
            title=self._course.name,
            modules=(ModulePlan(title, tuple(lab.id for lab in ordered), title_ur),),
        )
        version = await catalog.publish_course(session, self._target.hub.id, plan)
        outcome = Outcome.SAME if version.id in before else Outcome.CHANGED if before else Outcome.NEW
        self._report.add(Kind.COURSE, outcome, f"{version.slug}, version {version.number}")
        for lab in stay:
            self._report.add(Kind.LAB, Outcome.NOTE, f"{lab.slug} is not brought by this folder; it stays")
        return version.id

    async def _terms(
        self, session: AsyncSession, view: AssignmentView, newest: int | None, before: int | None
    ) -> None:
        """Give a new assignment the gradebook's date; for one that was there, say what differs.

        Args:
            newest: the version of the assignment's lab that this folder makes, None if it has none.
            before: the version that the assignment had, None for a new one.
        """
        name = next((name for name, slug in self._slugs.items() if slug == view.lab.slug), view.lab.slug)
        due = next((found.due for found in self._course.assignments if found.name == name), None)
        note = partial(self._report.add, Kind.ASSIGNMENT)
        if before is None:
            await enrolments.change_terms(session, view.id, Terms(due_at=due))
            note(Outcome.NEW, f"{name}: {_due(due)}")
            return
        if view.lab.number != before:
            note(Outcome.CHANGED, f"{name}: version {view.lab.number} in the place of version {before}")
        elif newest is not None and newest != before:
            text = f"{name}: work has come in under version {before}, which it stays with"
            note(Outcome.NOTE, f"{text}; version {newest} is for the next cohort")
        if newest is not None and view.due_at != due:
            note(Outcome.NOTE, f"{name}: it stays {_due(view.due_at)}; the gradebook has {_due(due)}")

    async def _students(self, begin: Begin, cohort_id: UUID) -> dict[str, UUID]:
        """The accounts of the students, each with a place in the cohort, by nbgrader's student id."""
        hub = self._target.hub
        found, problems = identities(self._course.students, self._target.course, hub.code)
        for problem in problems:
            self._report.add(Kind.STUDENT, Outcome.LEFT_OUT, problem)
        async with begin() as session:
            members = await enrolments.members(session, cohort_id)
        accounts: dict[str, UUID] = {}
        for identity in found:
            async with begin() as session:
                account, outcome, text = await account_of(session, identity)
                if account.id not in members:
                    await hubs.grant(session, account.id, Role.LEARNER, hub.id)
                    await enrolments.enrol(session, cohort_id, account.id)
                    text += ", enrolled"
            accounts[identity.student] = account.id
            self._report.add(Kind.STUDENT, outcome, f"{identity.student}: {text}")
        return accounts


def _due(due: datetime | None) -> str:
    return "without a due date" if due is None else f"due {due:%Y-%m-%d %H:%M} UTC"


def _masters(lab: Lab) -> tuple[MasterNotebook, ...]:
    return tuple(read_master(Master(name, content)) for name, content in lab.notebooks.items())


def _described(version: LabVersionView) -> str:
    notebooks, files = len(version.notebooks), len(version.files)
    counted = f"{notebooks} notebook{'s' * (notebooks != 1)}, {files} file{'s' * (files != 1)}"
    return f"version {version.number}, {counted}, {version.points:g} points"
