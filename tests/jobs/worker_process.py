"""A worker process for the tests: ``python -m tests.jobs.worker_process URL``.

Its one task notes in the table ``begun`` that it began, does what the job says, and notes the result once.
"""

import asyncio
import os
import sys

from sqlalchemy import text

from darsgah.db.session import Database
from darsgah.jobs.queue import JobKind, Queue
from darsgah.jobs.worker import JobWorker, Task, WorkerTiming, stopped_by_signals

PROBE = JobKind("test.probe", Queue.GRADING)
TIMING = WorkerTiming(heartbeat=0.2, silence=1.5, grace=0.5, pause=0.0)
TABLES = (
    "CREATE TABLE begun (job text, pid int)",
    "CREATE TABLE done (job text PRIMARY KEY, pid int)",
    "CREATE TABLE given_up (job text PRIMARY KEY, reason text)",
)


class Probe:
    """The task: never ends the first ``hangs`` times, raises the first ``fails``, and takes ``seconds``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, *, job: str, hangs: int, fails: int, seconds: float) -> None:
        """Notes that it began, then hangs, fails or notes that it is done."""
        async with self._database.begin() as session:
            before = (
                await session.scalar(text("SELECT count(*) FROM begun WHERE job = :job"), {"job": job}) or 0
            )
            await session.execute(
                text("INSERT INTO begun VALUES (:job, :pid)"), {"job": job, "pid": os.getpid()}
            )
        if before < hangs:
            await asyncio.sleep(3600)
        if before < fails:
            raise LookupError("Traceback: of somebody\nas the job asked")
        await asyncio.sleep(seconds)
        async with self._database.begin() as session:
            await session.execute(
                text("INSERT INTO done VALUES (:job, :pid) ON CONFLICT DO NOTHING"),
                {"job": job, "pid": os.getpid()},
            )

    async def give_up(self, *, job: str, hangs: int, fails: int, seconds: float, reason: str) -> None:
        """Notes that it will not be done, and why."""
        async with self._database.begin() as session:
            await session.execute(
                text("INSERT INTO given_up VALUES (:job, :reason)"),
                {"job": f"{job} {hangs} {fails} {seconds}", "reason": reason},
            )


def probe_worker(database: Database, *, concurrency: int = 2) -> JobWorker:
    """A worker for the task, quick to see that another one died."""
    probe = Probe(database)
    task = Task(PROBE, probe.run, probe.give_up)
    return JobWorker(database.url, [task], concurrency=concurrency, timing=TIMING)


async def main(url: str) -> None:
    """Works until a signal says to stop."""
    database = Database(url, pool=4)
    with stopped_by_signals() as stop:
        await probe_worker(database).run(stop)
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
