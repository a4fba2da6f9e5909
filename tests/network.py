"""A small network for tests: two hubs, one lab given to a cohort in each, and a person in every role.

Also the platform over it, asked as browsers and programs ask: through HTTP.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import passwords
from darsgah.accounts import service as accounts
from darsgah.accounts.models import Account
from darsgah.accounts.tokens import SESSION_COOKIE
from darsgah.app import create_app
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, LabPackage, ModulePlan, PagePlan
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import CohortPlan, Terms
from darsgah.hubs import service as hubs
from darsgah.settings import Settings
from darsgah_grader.types import Limits
from tests.grading.notebooks import answer, check, code, markdown, notebook

PASSWORD = "a password for tests"
HUB, OTHER_HUB = "khi-saddar", "khi-korangi"
SECRET = "hidden-marker-of-the-tests"
"""What stands in the hidden test of the lab, and must never reach a learner."""
HIDDEN = f"### BEGIN HIDDEN TESTS\nassert triple(14) == 42  # {SECRET}\n### END HIDDEN TESTS"
DATA_FILE = "data/numbers.csv"
PAGE = PagePlan("What to do with a double", "Halve it.")

PEOPLE: Mapping[str, tuple[tuple[Role, str | None], ...]] = {
    "learner": ((Role.LEARNER, HUB),),
    "classmate": ((Role.LEARNER, HUB),),
    "outsider": ((Role.LEARNER, HUB),),
    "other_learner": ((Role.LEARNER, OTHER_HUB),),
    "instructor": ((Role.INSTRUCTOR, HUB),),
    "other_instructor": ((Role.INSTRUCTOR, OTHER_HUB),),
    "mentor": ((Role.MENTOR, HUB),),
    "hub_admin": ((Role.HUB_ADMIN, HUB),),
    "other_hub_admin": ((Role.HUB_ADMIN, OTHER_HUB),),
    "network_admin": ((Role.NETWORK_ADMIN, None),),
    "auditor": ((Role.AUDITOR, None),),
}
"""Who there is: ``learner`` and ``classmate`` are in the first hub's cohort, ``outsider`` is not."""


def cells(double: str, triple: str, *, hidden: bool) -> list[dict[str, Any]]:
    """The cells of the lab's notebook with these two answers."""
    return [
        markdown("# Doubling and tripling"),
        answer("double", double),
        check("test-double", "assert double(3) == 6", 2),
        answer("triple", triple),
        check("test-triple", f"assert triple(1) == 3\n{HIDDEN}" if hidden else "assert triple(1) == 3", 3),
    ]


RELEASE = notebook(
    *cells("def double(n):\n    raise NotImplementedError()", "def triple(n):\n    pass", hidden=False)
)
WORK = notebook(*cells("def double(n):\n    return 2 * n", "def triple(n):\n    return n + 2", hidden=False))
"""A learner's notebook: the first answer right, the second caught by the hidden test alone."""
RIGHT = notebook(*cells("def double(n):\n    return 2 * n", "def triple(n):\n    return 3 * n", hidden=False))


def work(number: int) -> bytes:
    """A right notebook, different for each number."""
    solved = cells("def double(n):\n    return 2 * n", "def triple(n):\n    return 3 * n", hidden=False)
    return notebook(*solved, code(f"# {number}"))


def package(**changes: Any) -> LabPackage:  # noqa: ANN401 # whatever a package holds
    """The lab, ready to be published; keyword arguments replace its parts."""
    solved = cells(
        "### BEGIN SOLUTION\ndef double(n):\n    return 2 * n\n### END SOLUTION",
        "### BEGIN SOLUTION\ndef triple(n):\n    return 3 * n\n### END SOLUTION",
        hidden=True,
    )
    parts: dict[str, Any] = {
        "slug": "doubling",
        "digest": "a" * 64,
        "title": "Doubling",
        "title_ur": "دگنا کرنا",
        "runtime": "browser",
        "environment": "python",
        "points": 5.0,
        "sources": {"lab": notebook(*solved)},
        "releases": {"lab": RELEASE},
        "files": {DATA_FILE: b"1,2,3\n"},
        "limits": msgspec.to_builtins(Limits(cell_seconds=10, total_seconds=30)),
    }
    return LabPackage(**(parts | changes))


@dataclass(frozen=True)
class Network:
    """Ids of what there is, and who."""

    hub_id: UUID
    other_hub_id: UUID
    course_version_id: UUID
    lab_version_id: UUID
    cohort_id: UUID
    assignment_id: UUID
    other_cohort_id: UUID
    other_assignment_id: UUID
    people: Mapping[str, Actor]


@cache
def _password_hash() -> str:
    """Of the one password; made once, since a hash takes its time by design."""
    return passwords.HASHER.hash(PASSWORD)


async def person(session: AsyncSession, name: str, *grants: tuple[Role, str | None]) -> Actor:
    """Somebody new, with roles in hubs named by their codes."""
    account = Account(
        email=f"{name.replace('_', '-')}@example.org",
        display_name=name.replace("_", " ").title(),
        password_hash=_password_hash(),
    )
    session.add(account)
    await session.flush()
    for role, hub in grants:
        hub_id = (await hubs.hub_by_code(session, hub)).id if hub else None
        await hubs.grant(session, account.id, role, hub_id)
    held = await hubs.grants(session, account.id)
    return Actor(account.id, account.display_name, account.language, held)


async def open_cohort(
    session: AsyncSession,
    hub_id: UUID,
    course_version_id: UUID,
    *learners: Actor,
    name: str = "A cohort",
    terms: Terms | None = None,
) -> tuple[UUID, UUID]:
    """A cohort of these learners; its id, and that of its first assignment."""
    plan = CohortPlan(hub_id=hub_id, course_version_id=course_version_id, name=name, capacity=100)
    cohort_id = await enrolments.open_cohort(session, plan, terms or Terms())
    for learner in learners:
        await enrolments.enrol(session, cohort_id, learner.account_id)
    first, *_ = await enrolments.assignments_of(session, [cohort_id])
    return cohort_id, first.id


async def build_network(session: AsyncSession, blobs: BlobStore, lab: LabPackage | None = None) -> Network:
    """Makes it all in the session's transaction, in a database that has nothing yet but the tables."""
    await hubs.load_plan(session)
    hub_id, other_hub_id = [(await hubs.hub_by_code(session, code)).id for code in (HUB, OTHER_HUB)]
    people = {name: await person(session, name, *grants) for name, grants in PEOPLE.items()}
    version = await catalog.publish_lab(session, blobs, None, lab or package())
    plan = CoursePlan("arithmetic", "Arithmetic", (ModulePlan("One", (version.id, PAGE)),))
    course = await catalog.publish_course(session, None, plan)
    cohort_id, assignment_id = await open_cohort(
        session, hub_id, course.id, people["learner"], people["classmate"]
    )
    other_cohort_id, other_assignment_id = await open_cohort(
        session, other_hub_id, course.id, people["other_learner"]
    )
    return Network(
        hub_id=hub_id,
        other_hub_id=other_hub_id,
        course_version_id=course.id,
        lab_version_id=version.id,
        cohort_id=cohort_id,
        assignment_id=assignment_id,
        other_cohort_id=other_cohort_id,
        other_assignment_id=other_assignment_id,
        people=people,
    )


@dataclass
class Platform:
    """The running application over a network."""

    app: Litestar
    database: Database
    blobs: BlobStore
    settings: Settings
    network: Network
    address: tuple[str, int] = ("127.0.0.1", 50000)
    _agent: str = field(default="tests", repr=False)

    async def token(self, name: str) -> str:
        """A fresh session of somebody."""
        async with self.database.begin() as session:
            started = await accounts.start_session(
                session,
                self.network.people[name].account_id,
                lifetime=timedelta(hours=1),
            )
        return started.token

    @asynccontextmanager
    async def client(
        self,
        *,
        address: tuple[str, int] | None = None,
        **options: Any,  # noqa: ANN401 # httpx's own
    ) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who is signed out. An exception that leaves the application fails the test."""
        transport = httpx.ASGITransport(cast("Any", self.app), client=address or self.address)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://darsgah.test", trust_env=False, **options
        ) as client:
            yield client

    @asynccontextmanager
    async def program(self, name: str | None) -> AsyncIterator[httpx.AsyncClient]:
        """A program with the session of somebody in its Authorization header."""
        headers = {"Authorization": f"Bearer {await self.token(name)}"} if name else {}
        async with self.client(headers=headers) as client:
            yield client

    @asynccontextmanager
    async def browser(
        self, name: str | None = None, *, address: tuple[str, int] | None = None
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A browser with the session of somebody in its cookies.

        It has opened a page and so has a form's token, which every request carries in the header.
        """
        cookies = {SESSION_COOKIE: await self.token(name)} if name else {}
        async with self.client(cookies=cookies, address=address) as client:
            await client.get("/")
            client.headers["x-csrf-token"] = client.cookies["darsgah_csrf"]
            yield client


@asynccontextmanager
async def running(settings: Settings, database: Database, blobs: BlobStore) -> AsyncIterator[Litestar]:
    """The application, started and stopped as a server does: in one task, wherever a fixture ends."""
    app = create_app(settings, database, blobs)
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    living = asyncio.create_task(live())
    begun = asyncio.create_task(started.wait())
    await asyncio.wait([living, begun], return_when=asyncio.FIRST_COMPLETED)
    begun.cancel()
    if not living.done():
        yield app
    stop.set()
    await living
