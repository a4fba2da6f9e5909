"""The demo network: hubs as planned, accounts of every role, a course of the shipped labs, work handed in.

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

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignUp
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, LabPackage, LabVersionView, ModulePlan
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import CohortPlan, Terms
from darsgah.hubs import service as hubs
from darsgah.submissions import service as submissions
from darsgah_grader.grading import Grader
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs

PASSWORD = "darsgah-demo"  # noqa: S105 # published on purpose; see the module's docstring
HUB, OTHER_HUB = "khi-saddar", "khi-korangi"
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
    DemoAccount("hub@demo.example", "Demo Hub Administrator", Role.HUB_ADMIN, HUB),
    DemoAccount("network@demo.example", "Demo Network Administrator", Role.NETWORK_ADMIN, None),
    DemoAccount("auditor@demo.example", "Demo Auditor", Role.AUDITOR, None),
)
CLASSMATES = tuple(
    DemoAccount(f"learner{number}@demo.example", f"Demo Learner {number}", Role.LEARNER, HUB)
    for number in range(2, 8)
)
"""Learners whose work fills the instructor's list; the share of questions they solved differs."""


async def load_demo(database: Database, blobs: BlobStore, progress: Progress) -> None:
    """Bring the demo into an empty or an already used database.

    Args:
        database: migrated.
        blobs: where its notebooks go.
        progress: told in words what takes its time.
    """
    labs = [load(folder) for folder in shipped_labs()]
    async with database.begin() as session:
        await hubs.load_plan(session)
        if await _is_loaded(session, labs):
            return
    # nbgrader takes seconds to import, which a second start must not wait for.
    from darsgah.publishing import package_of  # noqa: PLC0415 # see above

    progress("Publishing the shipped labs")
    with Grader() as grader:  # the shipped labs name shipped environments
        packages = [package_of(lab, grader) for lab in labs]
    async with database.begin() as session:
        cohort_id = await _course(session, blobs, packages)
    progress("Making the demo accounts")
    actors = {}
    for account in (*ACCOUNTS, *CLASSMATES):
        async with database.begin() as session:
            actors[account] = await _account(session, account, cohort_id)
    progress("Handing in some work")
    for number, classmate in enumerate(CLASSMATES):
        for package in packages:
            async with database.begin() as session:
                await _hand_in(session, blobs, actors[classmate], cohort_id, package, number=number)


async def _is_loaded(session: AsyncSession, labs: Sequence[Lab]) -> bool:
    """Whether a run before went through to its last step, with the labs as they are now."""
    published = await catalog.published_digests(session, None)
    last = await accounts.account_named(session, CLASSMATES[-1].email)
    if last is None or any(published.get(lab.slug) != lab.digest for lab in labs):
        return False
    keys = [_key(lab.slug, len(CLASSMATES) - 1) for lab in labs]
    return all([await submissions.was_handed_in(session, last.id, key) for key in keys])


def _key(slug: str, number: int) -> str:
    """The idempotency key of a classmate's work, so that it is handed in once."""
    return f"demo-{slug}-{number}"


async def _course(session: AsyncSession, blobs: BlobStore, packages: list[LabPackage]) -> UUID:
    labs = [await catalog.publish_lab(session, blobs, None, package) for package in packages]
    course = await catalog.publish_course(
        session,
        None,
        CoursePlan(
            slug="first-steps",
            title="First steps: Python and data",
            title_ur="پہلے قدم: Python اور ڈیٹا",
            summary="Functions and data structures, then real-looking tables with pandas.",
            summary_ur="پہلے functions اور data structures، پھر pandas کے ساتھ حقیقت جیسے ٹیبل۔",  # noqa: RUF001 - Urdu
            modules=_modules(labs),
        ),
    )
    hub = await hubs.hub_by_code(session, HUB)
    today = now().date()
    plan = CohortPlan(
        hub_id=hub.id,
        course_version_id=course.id,
        name="Demo cohort",
        starts_on=today,
        ends_on=today + timedelta(weeks=12),
        capacity=40,
    )
    terms = Terms(due_at=now() + timedelta(days=14), closes_at=now() + timedelta(days=21), attempt_limit=10)
    return await enrolments.open_cohort(session, plan, terms)


def _modules(labs: list[LabVersionView]) -> tuple[ModulePlan, ...]:
    """One module for the labs that run in the browser, one for those that need a hub's packages."""
    light = tuple(lab.id for lab in labs if lab.environment == "python")
    heavy = tuple(lab.id for lab in labs if lab.environment != "python")
    return (
        ModulePlan("Python foundations", light, "Python کی بنیادیں"),
        ModulePlan("Working with data", heavy, "ڈیٹا کے ساتھ کام"),
    )


async def _account(session: AsyncSession, account: DemoAccount, cohort_id: UUID) -> Actor:
    known = await accounts.account_named(session, account.email)
    if known is None:
        form = SignUp(account.email, PASSWORD, account.display_name, language=account.language)
        known = await accounts.create_account(session, form)
    hub = await hubs.hub_by_code(session, account.hub) if account.hub else None
    await hubs.grant(session, known.id, account.role, hub.id if hub else None)
    if account.role is Role.LEARNER:
        await enrolments.enrol(session, cohort_id, known.id)
    return Actor(known.id, known.display_name, known.language, await hubs.grants(session, known.id))


async def _hand_in(
    session: AsyncSession,
    blobs: BlobStore,
    actor: Actor,
    cohort_id: UUID,
    package: LabPackage,
    *,
    number: int,
) -> None:
    page = await enrolments.cohort_page(session, actor, cohort_id)
    assignment = next((view for view in page.assignments if view.lab.slug == package.slug), None)
    if assignment is None:
        return
    work = {name: partly_solved(package, name, number + 1, len(CLASSMATES)) for name in package.sources}
    await submissions.hand_in(
        session, blobs, actor, assignment.id, work, idempotency_key=_key(package.slug, number)
    )


def partly_solved(package: LabPackage, name: str, share: int, of: int) -> bytes:
    """The learner's version of a notebook with the first ``share`` of ``of`` parts of its answers in it."""
    released = msgspec.json.decode(package.releases[name])
    solved = {
        cell["metadata"]["nbgrader"]["grade_id"]: _solution(cell)
        for cell in msgspec.json.decode(package.sources[name])["cells"]
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
