"""Jobs of workers that died: found by the silence of their worker, and handed to another."""

from procrastinate.connector import BaseConnector

# One statement, so that two workers that look at the same moment never take a job twice: a row that is locked
# is skipped, and one that another worker has begun since is no longer its dead worker's.
_HAND_BACK = """
WITH orphaned AS (
    SELECT job.id FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing' AND job.worker_id IS DISTINCT FROM %(own)s
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(silence)s))
       FOR UPDATE OF job SKIP LOCKED
)
SELECT id, procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) AS done FROM orphaned
"""


async def hand_back_orphans(connector: BaseConnector, *, own_worker: int | None, silence: float) -> list[int]:
    """Returns to the queue every job whose worker has been silent for ``silence`` seconds; their numbers.

    The attempt counts: a job that kills its workers is given up like one that raises. This process's own
    worker is left out: after a suspended laptop wakes, its silence means nothing.
    """
    rows = await connector.execute_query_all_async(_HAND_BACK, own=own_worker, silence=silence)
    return [row["id"] for row in rows]
