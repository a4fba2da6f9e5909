"""What every test may ask for: the real database with the real migrations."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import passwords
from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.settings import Settings
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox import attempts
from tests.database import DatabaseServer, StoppableServer, database_server
from tests.journeys.demo_site import Site, demo_site
from tests.network import Platform, build_network, running

FIRST = (
    "labs/test_shipped_labs_pass.py",
    "grading/test_cases_of_a_user.py",
    "grading/test_cases.py",
    "grading/test_parity.py",
    "grading/sandbox/test_users.py",
)
"""Files that take minutes. They are begun first, so that no process works on one alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order is otherwise kept."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(FIRST)))


@pytest.fixture(scope="session", autouse=True)
def no_pause_before_another_attempt() -> Iterator[None]:
    """Runs that learners' code disturbs are made again at once, as often as ever.

    The pauses are for memory that the machine lacks, which ``test_machine_faults`` tries with the real ones.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "PAUSES", (0.01,) * len(attempts.PAUSES))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hundreds of tests sign in: the same function with little work; ``accounts`` sees to the usual."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def server(run_folder: Path) -> Iterator[DatabaseServer]:
    """The embedded PostgreSQL of this test run."""
    with database_server(run_folder / "home") as running:
        yield running


@pytest.fixture(scope="session")
async def worker_database(server: DatabaseServer) -> AsyncIterator[Database]:
    """The migrated database of this test process, where nothing is ever committed."""
    with server.new_database() as url:
        database = Database(url, pool=2, application="tests")
        yield database
        await database.dispose()


@pytest.fixture
async def session(worker_database: Database) -> AsyncIterator[AsyncSession]:
    """A session whose transaction is rolled back after the test; its commits are savepoints."""
    async with worker_database.engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await outer.rollback()


@pytest.fixture
async def database(server: DatabaseServer) -> AsyncIterator[Database]:
    """A migrated database of the test's own, for what commits or runs in processes of its own."""
    with server.new_database() as url:
        database = Database(url, pool=5, application="tests")
        yield database
        await database.dispose()


@pytest.fixture
def stoppable_server(tmp_path: Path) -> Iterator[StoppableServer]:
    """A server of the test's own, to be stopped and started under the feet of what is tested."""
    server = StoppableServer(tmp_path / "stoppable")
    yield server
    server.close()


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """The grader of this test process, with its warm sandbox."""
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="module")
async def platform(
    server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """The application over a small network, shared by a module's tests, which must not mind each other."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=None, sign_in_attempts=3)
    with server.new_database() as url:
        database, blobs = Database(url, pool=5, application="tests"), memory_blobs()
        async with database.begin() as session:
            network = await build_network(session, blobs)
        async with running(settings, database, blobs) as app:
            yield Platform(app, database, blobs, settings, network)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for all browsers of this test process."""
    with demo_site(tmp_path_factory.mktemp("demo") / "home") as running:
        yield running
