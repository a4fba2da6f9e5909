"""A lab whose environment does not start: its submissions wait and are graded when it works, others go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore, memory_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.session import Database
from darsgah.grades import environment_faults, service
from darsgah.grades.flags import ENVIRONMENT_BROKEN
from darsgah.grades.tasks import GradingTasks
from darsgah.settings import Settings
from darsgah.submissions import service as submissions
from darsgah.submissions.schemas import State, SubmissionView
from darsgah_grader.environments import Environments
from darsgah_grader.grading import Grader
from darsgah_grader.warm_processes import Keeping
from tests.network import Network, Platform, build_network, open_cohort, package, running, work

GONE, WORKS = 'preload = ["a_library_that_is_gone"]\n', 'preload = ["json"]\n'


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of a hub's environments, with one named fragile that does not start."""
    own = tmp_path / "environments"
    (own / "fragile").mkdir(parents=True)
    declare(own, GONE)
    return own


def declare(own: Path, said: str) -> None:
    """Say what fragile is made of."""
    (own / "fragile" / "environment.toml").write_text(f'platform = ["ipython"]\n{said}')


@pytest.fixture
def hubs_grader(own: Path) -> Iterator[Grader]:
    """A grader that knows the hub's environments."""
    with Grader(environments=Environments(own=own), keeping=Keeping(retry_seconds=0.05)) as grader:
        yield grader


@pytest.fixture
def blobs() -> BlobStore:
    """A place for notebooks."""
    return memory_blobs()


async def of_lab(
    session: AsyncSession, blobs: BlobStore, network: Network, environment: str
) -> SubmissionView:
    """The learner's submission to a lab of its own in that environment."""
    lab = package(slug=environment, environment=environment, digest=environment.ljust(64, "0"))
    version = await catalog.publish_lab(session, blobs, None, lab)
    plan = CoursePlan(environment, environment, (ModulePlan("One", (version.id,)),))
    course = await catalog.publish_course(session, None, plan)
    learner = network.people["learner"]
    _, assignment = await open_cohort(session, network.hub_id, course.id, learner, name=environment)
    return await submissions.hand_in(session, blobs, learner, assignment, {"lab.ipynb": work(1)})


async def jobs(database: Database, name: str) -> list[tuple[dict[str, object], bool]]:
    """The waiting jobs of that kind: what each carries, and whether it is for later."""
    async with database.begin() as session:
        found = await session.execute(
            text(
                "SELECT args, coalesce(scheduled_at > now(), false) FROM procrastinate_jobs"
                " WHERE task_name = :name AND status = 'todo' ORDER BY id"
            ),
            {"name": name},
        )
        return [(row[0], row[1]) for row in found]


@pytest.mark.parametrize("environment", ["fragile", "not-there"])
async def test_it_waits_for_its_environment_and_is_graded_when_that_works(
    database: Database, blobs: BlobStore, hubs_grader: Grader, own: Path, environment: str
) -> None:
    async with database.begin() as session:
        network = await build_network(session, blobs)
        waiting = await of_lab(session, blobs, network, environment)
        other = await of_lab(session, blobs, network, "python")
    tasks = GradingTasks(database, blobs, hubs_grader)
    await tasks.grade(str(waiting.id))
    await tasks.grade(str(other.id))
    learner = network.people["learner"]
    async with database.begin() as session:
        assert (await service.result(session, learner, other.id)).submission.state is State.GRADED
        result = await service.result(session, learner, waiting.id)
    assert (result.submission.state, result.submission.score) == (State.NEEDS_REVIEW, None)
    assert result.run is not None
    assert (result.run.error_code, result.run.error_message) == (
        ENVIRONMENT_BROKEN,
        environment_faults.SENTENCE.text,
    )

    carried = {"submission_id": str(waiting.id), "tried": 0}
    assert await jobs(database, environment_faults.AGAIN.name) == [(carried, True)]
    await tasks.grade_when_environment_works(**carried)  # type: ignore[arg-type] # as the queue does
    assert await jobs(database, environment_faults.AGAIN.name) == [
        (carried, True),
        (carried | {"tried": 1}, True),
    ]

    (own / environment).mkdir(exist_ok=True)
    (own / environment / "environment.toml").write_text(f'platform = ["ipython"]\n{WORKS}')
    await tasks.grade_when_environment_works(str(waiting.id), 1)
    async with database.begin() as session:
        result = await service.result(session, learner, waiting.id)
    assert result.submission.state is State.QUEUED
    assert ({"submission_id": str(waiting.id)}, False) in await jobs(database, "grade_submission")
    await tasks.grade(str(waiting.id))
    await tasks.grade_when_environment_works(str(waiting.id), 2)  # one that comes too late does nothing
    async with database.begin() as session:
        result = await service.result(session, learner, waiting.id)
    assert result.run is not None
    assert (result.submission.state, result.run.score, result.run.number) == (State.GRADED, 5.0, 2)


async def test_learner_and_instructor_are_told_each_what_is_theirs(
    database: Database, blobs: BlobStore, hubs_grader: Grader, tmp_path: Path
) -> None:
    async with database.begin() as session:
        network = await build_network(session, blobs)
        waiting = await of_lab(session, blobs, network, "fragile")
    await GradingTasks(database, blobs, hubs_grader).grade(str(waiting.id))
    async with running(Settings(home=tmp_path / "home"), database, blobs) as app:
        platform = Platform(app, database, blobs, Settings(home=tmp_path / "home"), network)
        async with platform.program("learner") as learner, platform.program("instructor") as staff:
            page = await learner.get(f"/submissions/{waiting.id}")
            seen = await learner.get(f"/api/v1/submissions/{waiting.id}")
            review = await staff.get(f"/api/v1/reviews/{waiting.id}")
            inspected = await staff.get(f"/teach/submissions/{waiting.id}")
    assert environment_faults.SENTENCE.text in page.text
    assert "corrected notebook" not in page.text
    for told in (page.text, seen.text):
        assert "a_library_that_is_gone" not in told
    (flag,) = review.json()["run"]["flags"]
    assert flag["name"] == ENVIRONMENT_BROKEN
    assert "a_library_that_is_gone" in flag["evidence"]
    assert "a_library_that_is_gone" in inspected.text


async def test_tries_come_less_and_less_often_and_end(
    database: Database, blobs: BlobStore, hubs_grader: Grader
) -> None:
    pauses = [environment_faults.pause(tried) for tried in range(environment_faults.TRIES)]
    assert pauses[0] == environment_faults.FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == environment_faults.LONGEST_PAUSE
    async with database.begin() as session:
        network = await build_network(session, blobs)
        waiting = await of_lab(session, blobs, network, "fragile")
    tasks = GradingTasks(database, blobs, hubs_grader)
    await tasks.grade(str(waiting.id))
    before = await jobs(database, environment_faults.AGAIN.name)
    await tasks.grade_when_environment_works(str(waiting.id), environment_faults.TRIES - 1)
    assert await jobs(database, environment_faults.AGAIN.name) == before
