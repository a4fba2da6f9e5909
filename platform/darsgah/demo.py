"""The demo network: hubs as planned, accounts of every role, the shipped courses, work handed in.

Loading it twice changes nothing. The accounts have a published password, so the demo is for this machine
only: ``darsgah serve --demo`` refuses to listen on any other address.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah import demo_briefs, demo_projects, demo_teams, demo_units
from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignUp
from darsgah.blobs.store import BlobStore
from darsgah.briefs.content import Gate
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, LabPackage, LabVersionView, ModulePlan, PagePlan
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import AchievementPlan, Award, Evidence, Kind, Result, ResultKind
from darsgah.credentials.service import award
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.demo_hackathons import load_hackathon
from darsgah.demo_mentors import ABROAD, are_loaded, load_mentors
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.given_course import given_course
from darsgah.enrolments.schemas import CohortPlan, Terms
from darsgah.hubs import service as hubs
from darsgah.submissions import service as submissions
from darsgah.submissions.imported import assignments_begun
from darsgah.ui.language import Languages
from darsgah_grader.grading import Grader
from darsgah_labs.course_folder import load_course
from darsgah_labs.course_format import Course
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_courses, shipped_labs

PASSWORD = "darsgah-demo"  # noqa: S105 # published on purpose; see the module's docstring
HUB, OTHER_HUB = "khi-saddar", "khi-korangi"
COHORT = "Demo cohort"
FIRST = "python-first-steps"
"""The course that everybody begins with: its cohort is opened last, so that it comes first in lists."""
HANDED_IN = 2
"""In how many labs of that course classmates have handed something in."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who can sign in to the demo; ``hub`` is a hub's code, None for the whole network."""

    email: str
    display_name: str
    role: Role
    hub: str | None
    language: str = "en"


ACCOUNTS = (
    DemoAccount("learner@demo.example", "Demo Learner", Role.LEARNER, HUB),
    DemoAccount("talib@demo.example", "نمونہ طالبِ علم", Role.LEARNER, HUB, "ur"),
    DemoAccount("instructor@demo.example", "Demo Instructor", Role.INSTRUCTOR, HUB),
    DemoAccount("instructor.korangi@demo.example", "Demo Instructor Korangi", Role.INSTRUCTOR, OTHER_HUB),
    DemoAccount("mentor@demo.example", "Demo Mentor", Role.MENTOR, HUB),
    DemoAccount("mentor2@demo.example", "Demo Mentor 2", Role.MENTOR, HUB),
    DemoAccount("hub@demo.example", "Demo Hub Administrator", Role.HUB_ADMIN, HUB),
    DemoAccount("network@demo.example", "Demo Network Administrator", Role.NETWORK_ADMIN, None),
    DemoAccount("auditor@demo.example", "Demo Auditor", Role.AUDITOR, None),
)
LEARNER = ACCOUNTS[0]
"""Who has a credential."""
CLASSMATES = tuple(
    DemoAccount(f"learner{number}@demo.example", f"Demo Learner {number}", Role.LEARNER, HUB)
    for number in range(2, 8)
)
"""Learners whose work fills the instructor's list; the share of questions they solved differs."""


@dataclass(frozen=True, slots=True)
class Material:
    """The notebooks of a lab by name: with solutions, and as learners get them."""

    slug: str
    sources: Mapping[str, bytes]
    releases: Mapping[str, bytes]


async def load_demo(database: Database, blobs: BlobStore, issuing: Issuing, progress: Progress) -> None:
    """Bring the demo into an empty or an already used database.

    Args:
        database: migrated.
        blobs: where its notebooks go.
        issuing: with what the demo learner's credential is signed.
        progress: told in words what takes its time.

    Raises:
        LabInvalid: a shipped lab or course is not as its format wants it.
    """
    labs = [load(folder) for folder in shipped_labs()]
    slugs = {lab.slug for lab in labs}
    courses = sorted(
        (load_course(folder, slugs) for folder in shipped_courses()), key=lambda course: course.slug == FIRST
    )
    async with database.begin() as session:
        await hubs.load_plan(session)
        published = await _published(session, labs)
    if len(published) < len(labs):
        published = await _publish(database, blobs, labs, progress)
    async with database.begin() as session:
        cohorts = [await _cohort(session, course, published) for course in courses]
        handed_in = courses[-1].labs[:HANDED_IN] if courses else ()
        if await _is_complete(session, cohorts, handed_in):
            return
    progress("Making the demo accounts")
    actors = {}
    for account in (*ACCOUNTS, *CLASSMATES):
        async with database.begin() as session:
            actors[account] = await _account(session, account, cohorts)
    named = {account.email: actor for account, actor in actors.items()}
    async with database.begin() as session:
        mentors = named["mentor@demo.example"], named["mentor2@demo.example"]
        await load_mentors(session, *mentors, administrator=named["hub@demo.example"], hub=HUB)
    progress("Handing in some work")
    for slug in handed_in:
        material = await _material(database, blobs, published[slug])
        for number, classmate in enumerate(CLASSMATES):
            async with database.begin() as session:
                await _hand_in(session, blobs, actors[classmate], cohorts[-1], material, number=number)
    async with database.begin() as session:
        await _award(session, issuing, actors[LEARNER], cohorts[-1])
    progress("Publishing a brief, and teams that apply to it")
    crews = [[actors[LEARNER], actors[CLASSMATES[0]]], [actors[one] for one in CLASSMATES[-3:]]]
    async with database.begin() as session:
        await demo_teams.load_teams(
            session, mentors[0], named["hub@demo.example"], crews, Languages.load()["en"]
        )
    async with database.begin() as session:
        team = [actors[LEARNER], named["talib@demo.example"]]
        await demo_projects.load_projects(session, blobs, mentors[0], named["hub@demo.example"], team)
    async with database.begin() as session:
        unit_id = await demo_units.load_units(
            session,
            issuing,
            named["network@demo.example"],
            named["instructor@demo.example"],
            actors[LEARNER],
        )
    async with database.begin() as session:
        gates = [*(Gate(published[slug].lab_id) for slug in handed_in), Gate(unit_id=unit_id)]
        await demo_briefs.load_briefs(
            session, mentors[0], named["hub@demo.example"], gates, Languages.load()["en"]
        )
    async with database.begin() as session:
        await load_hackathon(session, named["network@demo.example"], "mentor2@demo.example")


async def _published(session: AsyncSession, labs: Sequence[Lab]) -> dict[str, LabVersionView]:
    """Those of the labs that are published as they are, by slug."""
    found = {lab.slug: await catalog.published_lab(session, None, lab.slug, lab.digest) for lab in labs}
    return {slug: version for slug, version in found.items() if version is not None}


async def _publish(
    database: Database, blobs: BlobStore, labs: Sequence[Lab], progress: Progress
) -> dict[str, LabVersionView]:
    # nbgrader takes seconds to import, which a second start must not wait for.
    from darsgah.publishing import package_of  # noqa: PLC0415 # see above

    progress("Publishing the shipped labs")
    with Grader() as grader:  # the shipped labs name shipped environments
        packages = [package_of(lab, grader) for lab in labs]
    async with database.begin() as session:
        return {
            package.slug: await catalog.publish_lab(session, blobs, None, package) for package in packages
        }


async def _cohort(session: AsyncSession, course: Course, labs: Mapping[str, LabVersionView]) -> UUID:
    """The demo's cohort of a course, which follows the course where that has changed."""
    before = await catalog.course_version_ids(session, None, course.slug)
    version = await catalog.publish_course(session, None, _plan(course, labs))
    hub = await hubs.hub_by_code(session, HUB)
    cohort_id = await enrolments.cohort_of_course(session, hub.id, [*before, version.id], COHORT)
    if cohort_id is None:
        today = now().date()
        plan = CohortPlan(
            hub_id=hub.id,
            course_version_id=version.id,
            name=COHORT,
            starts_on=today,
            ends_on=today + timedelta(weeks=12),
            capacity=40,
        )
        due_at = now() + timedelta(weeks=2 if course.slug == FIRST else 10)
        terms = Terms(due_at=due_at, closes_at=due_at + timedelta(weeks=1), attempt_limit=10)
        return await enrolments.open_cohort(session, plan, terms)
    if version.id not in before:
        given = await enrolments.assignments_of(session, [cohort_id])
        begun = await assignments_begun(session, [view.id for view in given])
        await enrolments.follow_course(session, cohort_id, version.id, keep=begun)
    return cohort_id


def _plan(course: Course, labs: Mapping[str, LabVersionView]) -> CoursePlan:
    return CoursePlan(
        slug=course.slug,
        title=course.title.en,
        title_ur=course.title.ur,
        summary=course.summary.en,
        summary_ur=course.summary.ur,
        modules=tuple(
            ModulePlan(
                module.title.en,
                tuple(
                    labs[item].id
                    if isinstance(item, str)
                    else PagePlan(item.title.en, item.body.en, item.title.ur, item.body.ur)
                    for item in module.items
                ),
                module.title.ur,
            )
            for module in course.modules
        ),
    )


async def _is_complete(session: AsyncSession, cohorts: Sequence[UUID], handed_in: Sequence[str]) -> bool:
    """Whether a run before went through to its last step, with the courses as they are now."""
    last = await accounts.account_named(session, CLASSMATES[-1].email)
    if last is None or not await are_loaded(session) or not await demo_teams.are_loaded(session, last.id):
        return False
    mentor = await accounts.account_named(session, ABROAD)
    if mentor is None or not await demo_projects.are_loaded(session, mentor.id):
        return False
    writer = Actor(mentor.id, mentor.display_name, mentor.language)
    if not await demo_briefs.are_loaded(session, writer) or not await demo_units.are_loaded(session, writer):
        return False
    for cohort_id in cohorts:
        if last.id not in await enrolments.members(session, cohort_id):
            return False
    keys = [_key(slug, len(CLASSMATES) - 1) for slug in handed_in]
    return all([await submissions.was_handed_in(session, last.id, key) for key in keys])


def _key(slug: str, number: int) -> str:
    """The idempotency key of a classmate's work, so that it is handed in once."""
    return f"demo-{slug}-{number}"


async def _material(database: Database, blobs: BlobStore, version: LabVersionView) -> Material:
    """The notebooks of a published lab."""
    async with database.begin() as session:
        sources = (await catalog.grading_material(session, version.id)).sources
    return Material(
        version.slug,
        {file.name: await blobs.get(file.sha256) for file in sources},
        {file.name: await blobs.get(file.sha256) for file in version.notebooks},
    )


async def _account(session: AsyncSession, account: DemoAccount, cohorts: Sequence[UUID]) -> Actor:
    known = await accounts.account_named(session, account.email)
    if known is None:
        form = SignUp(account.email, PASSWORD, account.display_name, language=account.language)
        known = await accounts.create_account(session, form)
    hub = await hubs.hub_by_code(session, account.hub) if account.hub else None
    await hubs.grant(session, known.id, account.role, hub.id if hub else None)
    for cohort_id in cohorts if account.role is Role.LEARNER else ():
        await enrolments.enrol(session, cohort_id, known.id)
    return Actor(known.id, known.display_name, known.language, await hubs.grants(session, known.id))


async def _hand_in(
    session: AsyncSession,
    blobs: BlobStore,
    actor: Actor,
    cohort_id: UUID,
    lab: Material,
    *,
    number: int,
) -> None:
    key = _key(lab.slug, number)
    if await submissions.was_handed_in(session, actor.account_id, key):
        return  # with the lab as it was then
    page = await enrolments.cohort_page(session, actor, cohort_id)
    assignment = next(view for view in page.assignments if view.lab.slug == lab.slug)
    work = {name: partly_solved(lab, name, number + 1, len(CLASSMATES)) for name in lab.sources}
    await submissions.hand_in(session, blobs, actor, assignment.id, work, idempotency_key=key)


async def _award(session: AsyncSession, issuing: Issuing, learner: Actor, cohort_id: UUID) -> None:
    """A credential of the cohort's course, which says of itself that it is the demo's."""
    given = await given_course(session, cohort_id)
    plan = AchievementPlan(
        kind=Kind.COURSE,
        subject=f"{given.hub_id}:{given.course.course_id}",
        name=given.course.title,
        name_ur=given.course.title_ur,
        description=given.course.summary or given.course.title,
        criteria="Reach at least 60 percent of the points in every lab of the course.",
        skills=("python",),
    )
    shown = Evidence("Demo", "It shows what a credential looks like: nobody worked for it.")
    total = Result("Share of all points", "92", ResultKind.PERCENT, "0", "100")
    await award(
        session,
        issuing,
        Award(learner.account_id, given.hub_id, plan, "demo", evidence=(shown,), results=(total,)),
    )


def partly_solved(lab: Material | LabPackage, name: str, share: int, of: int) -> bytes:
    """The learner's version of a notebook with the first ``share`` of ``of`` parts of its answers in it."""
    released = msgspec.json.decode(lab.releases[name])
    solved = {
        cell["metadata"]["nbgrader"]["grade_id"]: _solution(cell)
        for cell in msgspec.json.decode(lab.sources[name])["cells"]
        if _is_answer(cell)
    }
    answers = [cell for cell in released["cells"] if _is_answer(cell)]
    for cell in answers[: len(answers) * share // of]:
        cell["source"] = solved[cell["metadata"]["nbgrader"]["grade_id"]]
    return msgspec.json.encode(released)


def _is_answer(cell: Mapping[str, Any]) -> bool:
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return bool(marks.get("solution")) and cell["cell_type"] == "code"


def _solution(cell: Mapping[str, Any]) -> str:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    return re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", source)
