"""Bringing the demo in: hubs, shipped courses, accounts, work handed in, briefs, projects, a hackathon.

Loading it twice changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.blobs.store import BlobStore
from darsgah.briefs.content import Gate
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, LabVersionView, ModulePlan, PagePlan
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import AchievementPlan, Award, Evidence, Kind, Result, ResultKind
from darsgah.credentials.service import award
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.demo import briefs, mentors, projects, teams, units
from darsgah.demo.hackathons import load_hackathon
from darsgah.demo.handed_in import hand_in, material_of, work_key
from darsgah.demo.people import ACCOUNTS, CLASSMATES, HUB, LEARNER, account_of
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

COHORT = "Demo cohort"
FIRST = "python-first-steps"
"""The course that everybody begins with: its cohort is opened last, so that it comes first in lists."""
HANDED_IN = 2
"""In how many labs of that course classmates have handed something in."""
Progress = Callable[[str], None]


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
            actors[account] = await account_of(session, account, cohorts)
    named = {account.email: actor for account, actor in actors.items()}
    async with database.begin() as session:
        guides = named["mentor@demo.example"], named["mentor2@demo.example"]
        await mentors.load_mentors(session, *guides, administrator=named["hub@demo.example"], hub=HUB)
    progress("Handing in some work")
    for slug in handed_in:
        material = await material_of(database, blobs, published[slug])
        for number, classmate in enumerate(CLASSMATES):
            async with database.begin() as session:
                await hand_in(session, blobs, actors[classmate], cohorts[-1], material, number=number)
    async with database.begin() as session:
        await _award(session, issuing, actors[LEARNER], cohorts[-1])
    progress("Publishing a brief, and teams that apply to it")
    crews = [[actors[LEARNER], actors[CLASSMATES[0]]], [actors[one] for one in CLASSMATES[-3:]]]
    async with database.begin() as session:
        await teams.load_teams(session, guides[0], named["hub@demo.example"], crews, Languages.load()["en"])
    async with database.begin() as session:
        team = [actors[LEARNER], named["talib@demo.example"]]
        await projects.load_projects(session, blobs, guides[0], named["hub@demo.example"], team)
    async with database.begin() as session:
        unit_id = await units.load_units(
            session,
            issuing,
            named["network@demo.example"],
            named["instructor@demo.example"],
            actors[LEARNER],
        )
    async with database.begin() as session:
        gates = [*(Gate(published[slug].lab_id) for slug in handed_in), Gate(unit_id=unit_id)]
        await briefs.load_briefs(session, guides[0], named["hub@demo.example"], gates, Languages.load()["en"])
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
    if last is None or not await mentors.are_loaded(session) or not await teams.are_loaded(session, last.id):
        return False
    mentor = await accounts.account_named(session, mentors.ABROAD)
    if mentor is None or not await projects.are_loaded(session, mentor.id):
        return False
    writer = Actor(mentor.id, mentor.display_name, mentor.language)
    if not await briefs.are_loaded(session, writer) or not await units.are_loaded(session, writer):
        return False
    for cohort_id in cohorts:
        if last.id not in await enrolments.members(session, cohort_id):
            return False
    keys = [work_key(slug, len(CLASSMATES) - 1) for slug in handed_in]
    return all([await submissions.was_handed_in(session, last.id, key) for key in keys])


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
