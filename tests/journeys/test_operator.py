"""The operator: one command serves; the database goes and comes back, workers die, disks fill, work piles up.

Real processes, as an operator starts them: ``darsgah serve --worker`` with a home folder of its own. The
tests share one server and go on from each other, in the order they stand here.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from darsgah.accounts import service as accounts
from darsgah.blobs.store import open_blobs
from darsgah.db.embedded import DatabaseHandle, open_database
from darsgah.db.programs import programs_for_this_user
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.settings import Settings
from tests.database import kept_from_starting
from tests.grading.notebooks import notebook
from tests.grading.sandbox.machine import descendants
from tests.journeys.sessions import processes_of_session
from tests.network import HUB, PASSWORD, Network, build_network, cells, work

pytestmark = pytest.mark.journey

QUEUED = 10_000
STARTED = re.compile(r"Darsgah is at (http://[\d.]+:\d+)")
PIECE = 4 * 1024 * 1024
SLOW = notebook(
    *cells(
        "import time\ntime.sleep(4)\n\ndef double(n):\n    return 2 * n",
        "def triple(n):\n    return 3 * n",
        hidden=False,
    )
)


class Served:
    """``darsgah serve --worker`` as a process."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.log = home.parent / f"{home.name}.log"
        self._began = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "darsgah", "serve", "--worker", "--port", "0"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | environment | {"DARSGAH_HOME": str(home)},
                start_new_session=True,
            )
        self.address = self._address()
        self.seconds = time.monotonic() - self._began

    def _address(self) -> str:
        while time.monotonic() - self._began < 60:
            if found := STARTED.search(self.log.read_text()):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        raise AssertionError(self.log.read_text())

    def processes(self) -> dict[int, str]:
        """Every process of the session that the server began, by number, with its command line."""
        return processes_of_session(self.process.pid)

    def worker(self) -> int:
        """The number of the worker's process."""
        (number,) = [
            pid for pid, line in self.processes().items() if line.rstrip().endswith("darsgah worker")
        ]
        return number

    def beside_the_worker(self) -> list[int]:
        """The server, and the kernels' host with what it keeps."""
        (kernels,) = [
            pid for pid, line in self.processes().items() if line.rstrip().endswith("darsgah kernels")
        ]
        return [self.process.pid, kernels, *descendants(kernels)]

    def interrupt(self) -> float:
        """Ctrl-C; the seconds until the process has ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        return time.monotonic() - began


class Learner:
    """A browser with an account of its own, made by signing up."""

    def __init__(self, address: str) -> None:
        self.client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=30)

    async def sign_up(self, email: str) -> None:
        """Make the account through the page."""
        await self.client.get("/sign-up")
        form = {"email": email, "password": PASSWORD, "display_name": "A learner", "hub": HUB}
        answer = await self.client.post("/sign-up", data=form | self._token())
        assert answer.status_code == 303, answer.text

    def _token(self) -> dict[str, str]:
        return {"_csrf_token": self.client.cookies["darsgah_csrf"]}

    async def hand_in(self, assignment_id: UUID, content: bytes) -> httpx.Response:
        """Send a notebook through the page's form."""
        return await self.client.post(
            f"/assignments/{assignment_id}/submissions",
            data=self._token(),
            files={"notebook": ("lab.ipynb", content)},
        )

    async def handed_in(self, assignment_id: UUID, content: bytes) -> str:
        """Send a notebook that must be taken; the address of its result."""
        answer = await self.hand_in(assignment_id, content)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def result(self, address: str) -> dict[str, Any]:
        """The submission as the programming interface shows it."""
        answer = await self.client.get(f"/api/v1{address}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def graded(self, address: str, *, seconds: float = 45) -> dict[str, Any]:
        """The result once it is there."""
        return await self.until(address, lambda found: found["submission"]["state"] == "graded", seconds)

    async def until(
        self, address: str, true: Callable[[dict[str, Any]], bool], seconds: float
    ) -> dict[str, Any]:
        """The result once it is as asked."""
        async with asyncio.timeout(seconds):
            while not true(found := await self.result(address)):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.1)  # a program asks again and again
        return found


class Operator:
    """The one server of these tests, its network, and a learner in its cohort."""

    def __init__(self, home: Path, disk: Path) -> None:
        self.disk = disk
        self.disk_is_small = disk.is_mount()
        self.home = home
        self.environment = {
            "DARSGAH_BLOBS_URL": f"file://{disk}",
            "DARSGAH_WORKER_HEARTBEAT": "0.3",
            "DARSGAH_WORKER_SILENCE": "2",
            "DARSGAH_WORKER_GRACE": "1",
            "DARSGAH_LOG_FORMAT": "json",
            "DARSGAH_WORKER_LAB_CHECKS": "false",
        }
        self.settings = Settings(home=home, blobs_url=f"file://{disk}", database_url=None)
        self.served = Served(home, self.environment)
        self.learner = Learner(self.served.address)
        self.submission = ""

    @contextmanager
    def database(self) -> Iterator[DatabaseHandle]:
        """The database, joined from outside."""
        with open_database(self.settings) as handle:
            yield handle

    async def prepare(self) -> None:
        """Make the network, sign a learner up, and give them a place in the cohort."""
        await self.learner.sign_up("first@example.org")
        with self.database() as handle:
            database = Database(handle.url, pool=2)
            async with database.begin() as session:
                self.network: Network = await build_network(session, open_blobs(self.settings))
                account = await accounts.account_named(session, "first@example.org")
                assert account is not None
                await enrolments.enrol(session, self.network.cohort_id, account.id)
            await database.dispose()

    async def query(self, statement: str, **values: object) -> list[Any]:
        """The rows of a statement."""
        with self.database() as handle:
            database = Database(handle.url, pool=1)
            async with database.begin() as session:
                result = await session.execute(text(statement), values)
                rows = list(result) if statement.startswith("SELECT") else []
            await database.dispose()
        return rows


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own; where this user may not mount one, a folder."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "darsgah-test", folder], check=False, capture_output=True
    )
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
async def operator(tmp_path_factory: pytest.TempPathFactory, disk: Path) -> AsyncIterator[Operator]:
    """The running server."""
    operator = Operator(tmp_path_factory.mktemp("operator") / "home", disk)
    try:
        await operator.prepare()
        yield operator
    finally:
        await operator.learner.client.aclose()
        if operator.served.process.poll() is None:
            operator.served.interrupt()


async def test_a_notebook_is_graded_and_shown(operator: Operator) -> None:
    learner = operator.learner
    operator.submission = await learner.handed_in(operator.network.assignment_id, work(0))
    found = await learner.graded(operator.submission)
    assert found["run"]["score"] == 5
    assert found["submission"]["size"] == len(work(0))
    page = await learner.client.get(operator.submission)
    assert found["submission"]["sha256"] in page.text
    events = await learner.client.get(f"{operator.submission}/events")
    assert "event: done" in events.text


async def test_a_submissions_status_changes_live(operator: Operator) -> None:
    learner = operator.learner
    address = await learner.handed_in(operator.network.assignment_id, work(1))
    seen = []
    async with asyncio.timeout(40), learner.client.stream("GET", f"{address}/events") as events:
        async for line in events.aiter_lines():
            seen.append(line)
            if line == "event: done":
                break
    assert (await learner.result(address))["submission"]["state"] == "graded"
    assert seen[-1] == "event: done"


async def test_the_database_may_go_and_come_back(operator: Operator) -> None:
    learner = operator.learner
    with operator.database() as handle:
        folder = handle.folder
    assert folder is not None
    with kept_from_starting(operator.home):
        programs_for_this_user().run("pg_ctl", "stop", "--pgdata=data", "--mode=fast", cwd=folder)
        assert (await learner.client.get("/healthz")).status_code == 200
        for answer in (
            await learner.client.get("/readyz"),
            await learner.client.get(operator.submission),
            await learner.hand_in(operator.network.assignment_id, work(2)),
        ):
            assert answer.status_code == 503
            assert "try again shortly" in answer.text
    async with asyncio.timeout(60):  # the server sees to it by itself
        while (await learner.client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.2)
    assert (await learner.result(operator.submission))["run"]["score"] == 5
    address = await learner.handed_in(operator.network.assignment_id, work(3))
    assert (await learner.graded(address))["submission"]["attempt"] == 3
    assert operator.served.process.poll() is None


async def test_a_killed_workers_submission_is_graded_once(operator: Operator) -> None:
    learner = operator.learner
    address = await learner.handed_in(operator.network.assignment_id, SLOW)
    await learner.until(address, lambda found: found["submission"]["state"] == "grading", 30)
    await asyncio.sleep(1)  # the code runs now
    before = operator.served.processes()
    os.kill(killed := operator.served.worker(), signal.SIGKILL)
    assert (await learner.graded(address))["run"]["score"] == 5
    assert operator.served.worker() != killed
    rows = await operator.query(
        "SELECT number FROM grading_run WHERE submission_id = :id", id=address.rpartition("/")[2]
    )
    assert [row.number for row in rows] == [1]
    left = [pid for pid in operator.served.processes() if pid in before]
    # Nothing of the killed worker's sandbox lives on.
    assert set(left) == set(before).intersection(operator.served.beside_the_worker())


def fill(file: Path) -> None:
    """Write until there is no room left."""
    with file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1024 * 1024))


async def test_a_full_disk_is_told_and_nothing_recorded(operator: Operator) -> None:
    if not operator.disk_is_small:
        pytest.skip("this user may not mount a small disk")
    learner = operator.learner
    before = await operator.query("SELECT count(*) AS made FROM submission")
    filler = operator.disk / "filler"
    with pytest.raises(OSError, match="space"):
        fill(filler)
    big = notebook(*cells("# " + "x" * PIECE, "def triple(n):\n    return 3 * n", hidden=False))
    answer = await learner.hand_in(operator.network.assignment_id, big)
    assert answer.status_code == 507
    assert "no room left" in answer.text
    assert await operator.query("SELECT count(*) AS made FROM submission") == before
    filler.unlink()
    address = await learner.handed_in(operator.network.assignment_id, work(4))
    await learner.graded(address)


async def test_ten_thousand_queued_submissions(operator: Operator) -> None:
    learner, network = operator.learner, operator.network
    given = {"hub": network.hub_id, "cohort": network.cohort_id, "assignment": network.assignment_id}
    await operator.query(PILE, **given, account=network.people["classmate"].account_id, count=QUEUED)
    try:
        address = await learner.handed_in(network.assignment_id, work(5))
        found = await learner.result(address)
        assert found["waiting_before"] == 1000  # nobody needs to know more exactly
        for path in (address, "/today", f"/assignments/{network.assignment_id}"):
            began = time.monotonic()
            assert (await learner.client.get(path)).status_code == 200
            assert time.monotonic() - began < 5
        drained = "SELECT count(*) AS done FROM submission WHERE state = 'graded' AND sha256 = 'pile'"
        async with asyncio.timeout(40):
            while (await operator.query(drained))[0].done < 10:  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.3)
    finally:
        await operator.query(CLEARED)
    await learner.graded(address)


PILE = """
WITH made AS (
    INSERT INTO submission (id, hub_id, cohort_id, assignment_id, account_id, attempt, state, received_at,
                            notebooks, sha256, size)
    SELECT gen_random_uuid(), :hub, :cohort, :assignment, :account, number, 'queued', now(),
           (SELECT notebooks FROM submission WHERE state = 'graded' ORDER BY id LIMIT 1), 'pile', 1
    FROM generate_series(1, :count) AS number RETURNING id
)
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT 'grading', 'grade_submission', 0, jsonb_build_object('submission_id', id::text) FROM made
"""

CLEARED = """
DELETE FROM procrastinate_jobs job USING submission
WHERE job.status = 'todo' AND job.args->>'submission_id' = submission.id::text AND submission.sha256 = 'pile'
"""


def test_a_taken_port_is_one_clear_line(operator: Operator, tmp_path: Path) -> None:
    port = operator.served.address.rpartition(":")[2]
    ended = subprocess.run(
        [sys.executable, "-m", "darsgah", "serve", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"DARSGAH_HOME": str(tmp_path / "home")},
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert port in line
    assert "DARSGAH_PORT" in line


async def test_interrupting_stops_everything_and_the_data_stay(operator: Operator) -> None:
    with operator.database() as handle:
        folder = handle.folder
    assert folder is not None
    assert operator.served.interrupt() < 20
    assert operator.served.process.returncode == 0
    assert operator.served.processes() == {}
    assert not (folder / "data" / "postmaster.pid").exists()
    assert "Traceback" not in operator.served.log.read_text()
    again = Served(operator.home, operator.environment)
    try:
        assert again.seconds < 20
        operator.learner.client.base_url = httpx.URL(again.address)
        assert (await operator.learner.result(operator.submission))["run"]["score"] == 5
        address = await operator.learner.handed_in(operator.network.assignment_id, work(6))
        await operator.learner.graded(address)
    finally:
        again.interrupt()


def test_logs_are_lines_of_json_with_request_ids(operator: Operator) -> None:
    lines = [line for line in operator.served.log.read_text().splitlines() if line.startswith("{")]
    requests = [entry for entry in map(json.loads, lines) if entry.get("event") == "request"]
    assert requests
    assert all(entry["request_id"] and entry["path"].startswith("/") for entry in requests)
    assert PASSWORD not in operator.served.log.read_text()


def test_an_address_for_files_that_is_none_is_told_before_anything_starts(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "darsgah", "serve", "--port", "0"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"DARSGAH_HOME": str(tmp_path / "home"), "DARSGAH_BLOBS_URL": "nowhere://files"},
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "DARSGAH_BLOBS_URL" in line


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ended = subprocess.run(
        [sys.executable, "-m", "darsgah", "serve", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"DARSGAH_HOME": str(tmp_path / "file" / "home")},
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "DARSGAH_HOME" in line
