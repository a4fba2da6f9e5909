"""The near side of the queue: a job is written by the transaction that writes the row it serves.

The web process names a job's kind and gives plain values; it never imports what runs. So a job exists exactly
when its row does, and both appear when the transaction commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.tasks import configure_task
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.columns import now

ATTEMPTS = 5
"""How often a job is begun before it is given up, whether it raised or its worker died."""


class Queue(StrEnum):
    """Queues exist so that workers can be set aside for one of them."""

    GRADING = "grading"
    DEFAULT = "default"
    CHECKS = "checks"
    HINTS = "hints"
    NOTICES = "notices"


@dataclass(frozen=True)
class JobKind:
    """One sort of job, known to the side that asks for it and the side that runs it.

    Attributes:
        name: what the queue's rows carry; it may not change while such jobs wait.
        priority: higher ones are taken first, in the order they came.
    """

    name: str
    queue: Queue = Queue.DEFAULT
    priority: int = 0


@dataclass(frozen=True)
class QueueDepth:
    """The jobs of one queue. ``given_up`` is what failed ``ATTEMPTS`` times and waits for a person."""

    queue: str
    waiting: int
    running: int
    given_up: int


async def enqueue(
    session: AsyncSession,
    kind: JobKind,
    *,
    after: timedelta | None = None,
    **values: str | float | bool | None,
) -> int:
    """Adds a job in the session's transaction; workers see it once that commits. Returns the job's number.

    With ``after`` it is not begun before that time has passed.
    """
    connection = await (await session.connection()).get_raw_connection()
    # The connector is never opened: the library runs its statement on the connection it is given.
    deferrer = configure_task(
        name=kind.name,
        job_manager=JobManager(PsycopgConnector()),
        queue=kind.queue.value,
        priority=kind.priority,
        connection=connection.driver_connection,
        schedule_at=now() + after if after is not None else None,
    )
    try:
        return await deferrer.defer_async(**values)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from error
        raise


async def under_way(
    session: AsyncSession, kind: JobKind, name: str, values: Collection[str], *, or_given_up: bool = False
) -> set[str]:
    """Those of the values for which a job of that kind, given them by that name, waits or runs.

    Args:
        or_given_up: those too for which one was given up.
    """
    states = ["todo", "doing", *(["failed"] if or_given_up else [])]
    found = await session.execute(
        text(
            "SELECT DISTINCT args->>CAST(:name AS text) FROM procrastinate_jobs"
            " WHERE queue_name = :queue AND CAST(status AS text) = ANY(CAST(:states AS text[]))"
            " AND task_name = :kind AND args->>CAST(:name AS text) = ANY(CAST(:values AS text[]))"
        ),
        {
            "queue": kind.queue.value,
            "states": states,
            "kind": kind.name,
            "name": name,
            "values": list(values),
        },
    )
    return set(found.scalars())


async def queue_depth(session: AsyncSession) -> list[QueueDepth]:
    """What each queue holds now. Finished jobs leave the table, so this stays cheap."""
    rows = await session.execute(
        text(
            "SELECT queue_name, count(*) FILTER (WHERE status = 'todo'),"
            " count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed')"
            " FROM procrastinate_jobs GROUP BY queue_name"
        )
    )
    found = {name: QueueDepth(name, waiting, running, given_up) for name, waiting, running, given_up in rows}
    return [found.get(queue.value, QueueDepth(queue.value, 0, 0, 0)) for queue in Queue]


async def job_with(session: AsyncSession, kind: JobKind, name: str, value: str) -> int | None:
    """The number of the job of that kind that was given this value and is not done; None once it is."""
    found = await session.execute(
        text(
            "SELECT max(id) FROM procrastinate_jobs WHERE queue_name = :queue AND status IN ('todo', 'doing')"
            " AND task_name = :kind AND args->>CAST(:name AS text) = :value"
        ),
        {"queue": kind.queue.value, "kind": kind.name, "name": name, "value": value},
    )
    number: int | None = found.scalar_one()
    return number


async def waiting_in(session: AsyncSession, queue: Queue, *, most: int) -> int:
    """How many jobs of a queue could be taken now; counting ends at ``most``."""
    found = await session.execute(
        text(
            "SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo'"
            " AND queue_name = :queue AND (scheduled_at IS NULL OR scheduled_at <= now()) LIMIT :most) found"
        ),
        {"queue": queue.value, "most": most},
    )
    return int(found.scalar_one())


async def waiting_before(session: AsyncSession, job: int, *, most: int = 1000) -> int | None:
    """How many jobs of the same queue will be taken before this one; None once it no longer waits.

    Counting ends at ``most``, so that a page asked for by thousands stays cheap when thousands wait.
    """
    found = await session.execute(
        text(
            "SELECT (SELECT count(*) FROM (SELECT FROM procrastinate_jobs other"
            " WHERE other.status = 'todo' AND other.queue_name = job.queue_name"
            " AND (other.scheduled_at IS NULL OR other.scheduled_at <= now())"
            " AND (other.priority > job.priority OR (other.priority = job.priority AND other.id < job.id))"
            " ORDER BY other.priority DESC, other.id LIMIT :most) ahead)"
            " FROM procrastinate_jobs job WHERE job.id = :job AND job.status = 'todo'"
        ),
        {"job": job, "most": most},
    )
    return found.scalar_one_or_none()
