"""Nothing of a hidden test in any byte that a learner can fetch, whatever the submission does.

Each attempt is handed in over HTTP, graded by the worker's own task and recorded by the real service. Then
every route of the application that can be read is asked as the learner who handed it in, and what comes back
is searched for the secret in many forms. A new route is asked by itself. About some of them a hint is asked
as well; ``tests/tutor`` asks for many more.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

import httpx
import msgspec
import pytest

from darsgah.access import public, signed_in
from darsgah.blobs.store import memory_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.grades.tasks import GradingTasks
from darsgah.hinting.tasks import HintTasks
from darsgah.settings import Settings
from darsgah.tutoring import queries as tutoring
from darsgah.tutoring.schemas import CohortTutoring
from darsgah_grader.authoring import release
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Assurance, Grade
from tests.database import DatabaseServer
from tests.grades.stolen_tests import NAME, Attempt, Secret, attempts
from tests.network import DATA_FILE, Platform, build_network, open_cohort, package, running

AT_ONCE = 4
NOBODYS = str(UUID(int=0))
IN_A_COURSE = 12
"""Labs of one cohort: a page of a lab reads all of its course.

About the first of each every route is asked, about the others those that show what was handed in.
"""
HINT_ON_EACH = 4 * IN_A_COURSE
"""A hint is asked about one attempt in so many."""
OF_AN_ATTEMPT = ("{submission_id:uuid}", "{assignment_id:uuid}", "{hint_id:uuid}")
SHOWING = ("{assignment_id:uuid}", "{submission_id:uuid}", "/events", "/executed/{name:str}")
"""How the paths end of what shows a lab with its attempts, or an attempt with all that it printed."""
_WITHHELD = b"[This output is not shown.]"


class InOneProcess(Grader):
    """A grader that insists on one process for all."""

    def grade(
        self, assignment: Assignment, submission: Mapping[str, bytes], assurance: Assurance | None = None
    ) -> Grade:
        """As by the rule, without ever splitting."""
        return super().grade(assignment, submission, Assurance.IN_PROCESS)


@pytest.fixture(scope="module")
def every() -> list[Attempt]:
    """All attempts of this module."""
    return list(attempts())


@pytest.fixture(scope="module")
async def site(
    server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory, every: list[Attempt]
) -> AsyncIterator[tuple[Platform, list[UUID]]]:
    """The application with a lab for each attempt; and the assignments, in their order."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=None)
    with server.new_database() as url:
        database, blobs = Database(url, pool=5, application="tests"), memory_blobs()
        async with database.begin() as session:
            network = await build_network(session, blobs)
            versions = []
            for number, attempt in enumerate(every):
                (master,) = attempt.lab.masters
                lab = package(
                    slug=f"lab-{number}",
                    digest=f"{number:064}",
                    environment=attempt.lab.environment.name,
                    sources={NAME: master.content},
                    releases={NAME: await asyncio.to_thread(release, master)},
                    limits=msgspec.to_builtins(attempt.lab.limits),
                )
                versions.append((await catalog.publish_lab(session, blobs, None, lab)).id)
            cohorts = []
            for first in range(0, len(versions), IN_A_COURSE):
                labs = tuple(versions[first : first + IN_A_COURSE])
                plan = CoursePlan(f"stolen-{first}", "Stolen", (ModulePlan("One", labs),))
                course = await catalog.publish_course(session, None, plan)
                cohort_id, _ = await open_cohort(
                    session, network.hub_id, course.id, network.people["learner"], name=f"Thieves {first}"
                )
                await tutoring.set_cohort_tutoring(session, cohort_id, CohortTutoring(daily_hints=1000))
                cohorts.append(cohort_id)
            assignments = await enrolments.assignments_of(session, cohorts)
        by_version = {found.lab.id: found.id for found in assignments}
        async with running(settings, database, blobs) as app:
            yield Platform(app, database, blobs, settings, network), [by_version[id_] for id_ in versions]


def readable(platform: Platform) -> dict[str, bool]:
    """The paths of all routes that answer GET, and whether they refuse a learner before they look."""
    return {
        route.path: not {public, signed_in}.intersection(handler.resolve_guards())
        for route in platform.app.routes
        for handler in getattr(route, "route_handlers", ())
        if "GET" in getattr(handler, "http_methods", ())
    }


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path with its parameters; one that nobody knows fails the test until it is given here."""
    for parameter, value in values.items():
        path = path.replace(parameter, value)
    assert "{" not in path, f"no value for a parameter of {path}"
    return path


def told(answer: httpx.Response) -> bytes:
    """All bytes of an answer, its head too."""
    return b"\n".join((answer.content, *(name + b": " + value for name, value in answer.headers.raw)))


async def hint_on(
    platform: Platform, attempt: Attempt, assignment: UUID, grader: Grader, sent: httpx.AsyncClient
) -> str:
    """The id of a hint about the attempt's answer, made by the worker's own task.

    One that is nobody's where the attempt is no notebook, or more than may be asked about.
    """
    place = f"/api/v1/assignments/{assignment}"
    await sent.put(f"{place}/drafts/{NAME}", content=attempt.handed_in, headers={"If-Match": "0"})
    for cell in json.loads(attempt.handed_in).get("cells", ()):
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            stuck = {"notebook": NAME, "cell_id": marks["grade_id"], "source": "".join(cell["source"])}
            answer = (await sent.post(f"{place}/hints", json=stuck)).json()
            if answer.get("available"):
                await HintTasks(platform.database, platform.blobs, grader).give(answer["hint"]["id"])
                return str(answer["hint"]["id"])
    return NOBODYS


async def leaks(
    platform: Platform,
    attempt: Attempt,
    assignment: UUID,
    grader: Grader,
    sent: httpx.AsyncClient,
    *,
    paths: Sequence[str],
    asks: bool,
) -> list[str]:
    """Where the attempt's secret came out; the attempt is handed in, graded and looked at from all sides.

    Args:
        paths: what is asked.
        asks: for a hint as well.
    """
    files = {"notebook": (f"{NAME}.ipynb", attempt.handed_in)}
    received = await sent.post(f"/api/v1/assignments/{assignment}/submissions", files=files)
    found = [f"{attempt.name}, handing in: {form}" for form in attempt.secret.found_in(told(received))]
    if received.status_code != 201:
        return found
    submission = received.json()["id"]
    await GradingTasks(platform.database, platform.blobs, grader).grade(submission)
    hint = await hint_on(platform, attempt, assignment, grader, sent) if asks else NOBODYS
    values = {
        "{hint_id:uuid}": hint,
        "{cohort_id:uuid}": NOBODYS,
        "{submission_id:uuid}": submission,
        "{assignment_id:uuid}": str(assignment),
        "{misconception:str}": "leaves-loop-in-first-round",
        "{name:str}": NAME,
        "{number:int}": "1",
        "{name:path}": DATA_FILE,
    }
    closed = readable(platform)
    for path in paths:
        answer = await sent.get(filled(path, values))
        assert answer.status_code in {403, 404} or not closed[path], path
        found += [f"{attempt.name}, {path}: {form}" for form in attempt.secret.found_in(told(answer))]
    return found


async def test_no_route_tells_a_learner_of_a_hidden_test(
    site: tuple[Platform, list[UUID]], every: list[Attempt], grader: Grader
) -> None:
    platform, assignments = site
    room = asyncio.Semaphore(AT_ONCE)
    closed = readable(platform)
    of_an_attempt = [path for path in sorted(closed) if any(parameter in path for parameter in OF_AN_ATTEMPT)]
    showing = [path for path in of_an_attempt if path.endswith(SHOWING) and not closed[path]]
    assert len(showing) > 8
    with InOneProcess() as alone:

        async def tried(number: int, attempt: Attempt) -> list[str]:
            async with room, platform.program("learner") as sent:
                chosen = alone if attempt.insisted else grader
                paths = showing if number % IN_A_COURSE else of_an_attempt
                asks = number % HINT_ON_EACH == 0
                return await leaks(
                    platform, attempt, assignments[number], chosen, sent, paths=paths, asks=asks
                )

        found = await asyncio.gather(*(tried(number, attempt) for number, attempt in enumerate(every)))
    assert [place for places in found for place in places] == []
    async with platform.program("learner") as sent:
        hints = (await sent.get("/api/v1/hints")).json()["hints"]
        assert len([hint for hint in hints if hint["state"] == "given"]) >= len(every) // HINT_ON_EACH // 2
    values = {
        "{path:path}": "nothing/here",
        "{path:str}": "nothing",
        "{project_id:uuid}": NOBODYS,
        "{milestone_id:uuid}": NOBODYS,
        "{deliverable_id:uuid}": NOBODYS,
        "{meeting_id:uuid}": NOBODYS,
        "{page_id:uuid}": str(UUID(int=0)),
        "{team_id:uuid}": NOBODYS,
        "{brief_id:uuid}": NOBODYS,
        "{application_id:uuid}": NOBODYS,
        "{hub_id:uuid}": NOBODYS,
        "{credential_id:uuid}": NOBODYS,
        "{achievement_id:uuid}": NOBODYS,
        "{list_id:uuid}": NOBODYS,
        "{code:str}": "khi-saddar",
        "{hackathon_id:uuid}": NOBODYS,
        "{entry_id:uuid}": NOBODYS,
        "{unit:str}": "PY-F-01",
        "{learner_id:uuid}": NOBODYS,
        "{side:str}": "mentor",
        "{organisation_id:uuid}": NOBODYS,
        "{mentor_id:uuid}": NOBODYS,
        "{profile_id:uuid}": NOBODYS,
        "{notice_id:uuid}": NOBODYS,
        "{secret:str}": "nothing",
        "{token:str}": "nothing",
        "{version:str}": "0",
        "{name:str}": "nothing",
        "{address:path}": platform.app.state.static_files.url("app.css").removeprefix("/static/"),
    }
    async with platform.program("learner") as sent:
        cohorts = [
            found["id"]
            for found in (await sent.get("/api/v1/cohorts")).json()
            if found["name"].startswith("Thieves")
        ]
        assert len(cohorts) == -(-len(every) // IN_A_COURSE)
        asked = set()
        for cohort in cohorts:
            thieves = (await sent.get(f"/api/v1/cohorts/{cohort}")).json()["assignments"]
            values |= {"{cohort_id:uuid}": cohort, "{lab_version_id:uuid}": thieves[0]["lab"]["id"]}
            asked |= {
                filled(path, values)
                for path in readable(platform)
                if not any(parameter in path for parameter in OF_AN_ATTEMPT)
            }
        for path in asked:
            answer = told(await sent.get(path))
            assert [attempt.name for attempt in every if attempt.secret.found_in(answer)] == [], path


def test_each_form_is_found() -> None:
    secret = Secret()
    assert len(secret.forms) > 15
    for text in (
        secret.word,
        f"<b>{secret.number}</b>",
        secret.word[::-1],
        secret.word.encode().hex().upper(),
    ):
        assert secret.found_in(b"before " + text.encode() + b" after")
    assert secret.found_in(repr(secret.word).encode("utf-16-le"))
    assert Secret().found_in(repr(secret).encode()) == []
