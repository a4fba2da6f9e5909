"""Workers, for real: killed in the middle of a job, stopped politely, and through an outage."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from procrastinate.psycopg_connector import PsycopgConnector
from sqlalchemy import TextClause, text
from structlog.testing import capture_logs

from darsgah.db.session import Database, DatabaseAway
from darsgah.jobs.queue import ATTEMPTS, enqueue, queue_depth
from darsgah.jobs.recovery import hand_back_orphans
from darsgah.jobs.worker import JobWorker, Task
from tests.database import StoppableServer
from tests.jobs.worker_process import PROBE, TABLES, TIMING, Probe, probe_worker

SOON = 30.0


async def make_tables(database: Database) -> None:
    async with database.begin() as session:
        for table in TABLES:
            await session.execute(text(table))


@pytest.fixture
async def probes(database: Database) -> Database:
    await make_tables(database)
    return database


async def ask(database: Database, job: str, *, hangs: int = 0, fails: int = 0, seconds: float = 0) -> int:
    async with database.begin() as session:
        return await enqueue(session, PROBE, job=job, hangs=hangs, fails=fails, seconds=seconds)


def _select(table: str) -> TextClause:
    return text(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 # tables of the tests


async def rows(database: Database, table: str) -> list[tuple[object, ...]]:
    async with database.begin() as session:
        return [tuple(row) for row in await session.execute(_select(table))]


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(SOON):
        while not await condition():  # noqa: ASYNC110 # the condition is in the database
            await asyncio.sleep(0.05)


@contextlib.contextmanager
def worker_process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.worker_process", url])
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@contextlib.asynccontextmanager
async def worker_here(database: Database) -> AsyncIterator[None]:
    stop = asyncio.Event()
    working = asyncio.create_task(probe_worker(database).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(working, SOON)


async def jobs_left(database: Database) -> int:
    async with database.begin() as session:
        return await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0


async def test_a_killed_workers_job_is_taken_up_and_done_once(probes: Database) -> None:
    await ask(probes, "hangs once", hangs=1)
    with worker_process(probes.url) as doomed:
        await until(lambda: rows(probes, "begun"))
        os.kill(doomed.pid, signal.SIGKILL)
        doomed.wait()
        with worker_process(probes.url) as other:
            await until(lambda: rows(probes, "done"))
            assert await rows(probes, "done") == [("hangs once", other.pid)]
            assert {pid for _, pid in await rows(probes, "begun")} == {doomed.pid, other.pid}

            async def left() -> bool:
                return await jobs_left(probes) == 0

            await until(left)
    assert len(await rows(probes, "begun")) == 2


async def test_a_job_that_fails_is_tried_again(probes: Database) -> None:
    await ask(probes, "fails twice", fails=2)
    async with worker_here(probes):
        await until(lambda: rows(probes, "done"))
    assert len(await rows(probes, "begun")) == 3
    assert await jobs_left(probes) == 0


async def worked_until_given_up(probes: Database) -> None:
    async def given_up() -> bool:
        async with probes.begin() as session:
            return (await queue_depth(session))[0].given_up == 1

    async with worker_here(probes):
        await until(given_up)
        await until(lambda: rows(probes, "done"))


async def test_a_job_that_always_fails_is_given_up_in_the_open(
    probes: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(probes, "never", fails=100)
    await ask(probes, "another")
    with capture_logs() as said:
        await worked_until_given_up(probes)
    reason = "LookupError: as the job asked"
    assert await rows(probes, "given_up") == [("never 0 100 0", reason)]
    assert [job for job, _ in await rows(probes, "begun")].count("never") == ATTEMPTS
    failed = [entry for entry in said if entry["event"] == "attempt_failed"]
    assert [(entry["attempt"], entry["reason"]) for entry in failed] == [
        (number + 1, reason) for number in range(ATTEMPTS)
    ]
    assert [bool(entry.get("exc_info")) for entry in failed] == [True] + [False] * (ATTEMPTS - 1)
    assert [entry["reason"] for entry in said if entry["event"] == "job_given_up"] == [reason]
    # The library would add a traceback of its own to what has been said.
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_an_attempt_without_the_database_is_told_in_one_line_and_repeated(probes: Database) -> None:
    probe, away = Probe(probes), iter([True])

    async def run(**values: Any) -> None:  # noqa: ANN401 # whatever the job carries
        if next(away, False):
            raise DatabaseAway
        await probe.run(**values)

    await ask(probes, "asked")
    stop = asyncio.Event()
    worker = JobWorker(probes.url, [Task(PROBE, run, probe.give_up)], concurrency=1, timing=TIMING)
    with capture_logs() as said:
        working = asyncio.create_task(worker.run(stop))
        await until(lambda: rows(probes, "done"))
        stop.set()
        await asyncio.wait_for(working, SOON)
    (failed,) = [entry for entry in said if entry["event"] == "attempt_failed"]
    assert failed["reason"].startswith("DatabaseAway: The database does not answer")
    assert not failed["exc_info"]


async def test_a_job_that_kills_its_workers_is_given_up(probes: Database) -> None:
    job = await ask(probes, "poison", hangs=100)
    async with probes.begin() as session:
        await session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', attempts = :n WHERE id = :job"),
            {"n": ATTEMPTS - 1, "job": job},
        )
    async with worker_here(probes):
        await until(lambda: rows(probes, "given_up"))
    assert await rows(probes, "begun") == []


async def test_sigterm_lets_short_jobs_end_and_hands_back_long_ones(probes: Database) -> None:
    await ask(probes, "long", hangs=1)
    with worker_process(probes.url) as worker:
        await until(lambda: rows(probes, "begun"))
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, SOON) == 0
    async with probes.begin() as session:
        assert (await queue_depth(session))[0].waiting == 1
        assert await session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0
    async with worker_here(probes):
        await until(lambda: rows(probes, "done"))


async def test_a_worker_works_on_after_the_database_was_away(stoppable_server: StoppableServer) -> None:
    database = Database(stoppable_server.url)
    await make_tables(database)
    await ask(database, "running while it stops", seconds=3)
    async with worker_here(database):
        await until(lambda: rows(database, "begun"))
        stoppable_server.stop()
        with pytest.raises(DatabaseAway):
            await ask(database, "refused")
        await asyncio.sleep(1)
        stoppable_server.start()
        await ask(database, "after")

        async def both() -> bool:
            done = [job for job, _ in await rows(database, "done")]
            return sorted(done) == ["after", "running while it stops"]

        await until(both)
    await database.dispose()


async def test_two_workers_never_take_an_orphan_twice(probes: Database) -> None:
    jobs = [await ask(probes, str(number)) for number in range(200)]
    async with probes.begin() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    connector = PsycopgConnector(conninfo=probes.url, min_size=8, max_size=8)
    await connector.open_async()
    try:
        taken = await asyncio.gather(
            *(hand_back_orphans(connector, own_worker=None, silence=1) for _ in range(8))
        )
    finally:
        await connector.close_async()
    assert sorted(job for batch in taken for job in batch) == jobs


async def test_a_job_of_a_living_worker_is_left_alone(probes: Database) -> None:
    job = await ask(probes, "busy")
    async with probes.begin() as session:
        worker = await session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        await session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE id = :job"),
            {"worker": worker, "job": job},
        )
    connector = PsycopgConnector(conninfo=probes.url)
    await connector.open_async()
    try:
        assert await hand_back_orphans(connector, own_worker=None, silence=30) == []
        assert await hand_back_orphans(connector, own_worker=worker, silence=0) == []
        assert await hand_back_orphans(connector, own_worker=None, silence=0) == [job]
    finally:
        await connector.close_async()


@pytest.mark.parametrize("jump", ["1 day", "-1 day"])
async def test_a_jump_of_the_clock_hides_no_dead_worker(probes: Database, jump: str) -> None:
    """The worker died, and then the database's clock was set: its last sign is a day old, or yet to come."""
    job = await ask(probes, "orphaned")
    async with probes.begin() as session:
        worker = await session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        await session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE id = :job"),
            {"worker": worker, "job": job},
        )
        await session.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - CAST(:jump AS interval)"),
            {"jump": jump},
        )
    connector = PsycopgConnector(conninfo=probes.url)
    await connector.open_async()
    try:
        assert await hand_back_orphans(connector, own_worker=None, silence=30) == [job]
    finally:
        await connector.close_async()


async def test_a_job_whose_end_was_not_recorded_is_handed_back_by_its_own_worker(probes: Database) -> None:
    job = await ask(probes, "forgotten")
    async with probes.begin() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
    async with worker_here(probes):
        await ask(probes, "running", seconds=3)
        await until(lambda: rows(probes, "begun"))
        async with probes.begin() as session:
            await session.execute(
                text(
                    "UPDATE procrastinate_jobs SET status = 'doing',"
                    " worker_id = (SELECT id FROM procrastinate_workers) WHERE id = :job"
                ),
                {"job": job},
            )
        await until(lambda: rows(probes, "done"))
        assert [name for name, _ in await rows(probes, "done")] == ["forgotten"]

        async def both() -> bool:
            return len(await rows(probes, "done")) == 2

        await until(both)
    assert len(await rows(probes, "begun")) == 2
