"""The worker: takes jobs from the queue and runs them.

Any number of them may run, on any machine that reaches the database and the blob store.
"""

import asyncio
import os

from darsgah.blobs.store import open_blobs
from darsgah.db.session import Database
from darsgah.grades.tasks import GradingTasks
from darsgah.jobs.worker import JobWorker, WorkerTiming, stopped_by_signals
from darsgah.settings import Settings
from darsgah_grader.pipeline import Grader


async def _run(settings: Settings, url: str) -> None:
    database = Database(url, pool=settings.database_pool, application="darsgah worker")
    concurrency = settings.worker_concurrency or len(os.sched_getaffinity(0))
    timing = WorkerTiming(
        heartbeat=settings.worker_heartbeat, silence=settings.worker_silence, grace=settings.worker_grace
    )
    try:
        with Grader() as grader, stopped_by_signals() as stop:
            tasks = GradingTasks(database, open_blobs(settings), grader).tasks()
            await JobWorker(url, tasks, concurrency=concurrency, timing=timing).run(stop)
    finally:
        await database.dispose()


def run_worker(settings: Settings, url: str) -> None:
    """Work until SIGINT or SIGTERM; running jobs end first, what does not end in time is handed back."""
    asyncio.run(_run(settings, url))
