"""Jobs that nobody runs although they are marked as running: handed back to the queue.

Two ways lead there. A worker dies: its jobs are found by its silence. Or the database goes away at the
moment when a job is fetched or its end is recorded: then its worker lives on, and has to notice by itself.
"""

from collections.abc import Collection

from procrastinate.connector import BaseConnector

# Rows are taken in one statement, so that two workers that look at the same moment never take a job twice: a
# row that is locked is skipped, and one that another worker has begun since no longer fits.
_OF_THE_DEAD = """
WITH orphaned AS (
    SELECT job.id FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing' AND (%(own)s::bigint IS NULL OR job.worker_id IS DISTINCT FROM %(own)s)
       AND (worker.id IS NULL
            OR worker.last_heartbeat < now() - make_interval(secs => %(silence)s)
            OR worker.last_heartbeat > now() + make_interval(secs => %(silence)s))
       FOR UPDATE OF job SKIP LOCKED
)
SELECT id, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) AS done FROM orphaned
"""
_OF_A_WORKER = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(own)s"
_FORGOTTEN = """
WITH forgotten AS (
    SELECT id FROM procrastinate_jobs
     WHERE status = 'doing' AND worker_id = %(own)s AND id = ANY(%(jobs)s::bigint[]) FOR UPDATE SKIP LOCKED
)
SELECT id, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) AS done FROM forgotten
"""


async def hand_back_orphans(connector: BaseConnector, *, own_worker: int | None, silence: float) -> list[int]:
    """Returns to the queue every job whose worker has been silent for ``silence`` seconds; their numbers.

    So are those of a worker whose last sign lies in the future: the database's clock has been set back since,
    and one that lives gives another sign within seconds. The attempt counts: a job that kills its workers is
    given up like one that raises. This process's own worker is left out: after a suspended laptop wakes, its
    silence means nothing.
    """
    rows = await connector.execute_query_all_async(_OF_THE_DEAD, own=own_worker, silence=silence)
    return [row["id"] for row in rows]


async def marked_as_running(connector: BaseConnector, worker: int) -> set[int]:
    """The jobs that the queue believes this worker to run."""
    return {row["id"] for row in await connector.execute_query_all_async(_OF_A_WORKER, own=worker)}


async def hand_back_forgotten(connector: BaseConnector, *, worker: int, jobs: Collection[int]) -> list[int]:
    """Returns these jobs of the worker to the queue; the numbers of those still marked as its own."""
    rows = await connector.execute_query_all_async(_FORGOTTEN, own=worker, jobs=list(jobs))
    return [row["id"] for row in rows]
