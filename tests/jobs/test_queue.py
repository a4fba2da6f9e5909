"""Jobs exist when their rows do, wait in order, and stay cheap to count when thousands wait."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.session import Database, DatabaseAway
from darsgah.jobs.queue import JobKind, Queue, QueueDepth, enqueue, queue_depth, waiting_before, waiting_in

GRADE = JobKind("test.grade", Queue.GRADING)
SOONER = JobKind("test.sooner", Queue.GRADING, priority=5)
OTHER = JobKind("test.other")


async def waiting(database: Database) -> int:
    async with database.begin() as session:
        return sum(depth.waiting for depth in await queue_depth(session))


async def test_a_job_appears_with_its_transaction(database: Database) -> None:
    async with database.begin() as session:
        await enqueue(session, GRADE, submission="a", part=1, rate=0.5, again=False, note=None)
        assert await waiting(database) == 0
    assert await waiting(database) == 1
    async with database.begin() as session:
        row = (
            await session.execute(text("SELECT task_name, queue_name, args FROM procrastinate_jobs"))
        ).one()
    values = {"submission": "a", "part": 1, "rate": 0.5, "again": False, "note": None}
    assert tuple(row) == ("test.grade", "grading", values)


async def test_and_goes_with_it(database: Database) -> None:
    with pytest.raises(LookupError):  # noqa: PT012 # the transaction is the statement
        async with database.begin() as session:
            await enqueue(session, GRADE)
            raise LookupError
    assert await waiting(database) == 0


async def test_a_connection_lost_while_enqueueing(database: Database) -> None:
    with pytest.raises(DatabaseAway):  # noqa: PT012 # the transaction is the statement
        async with database.begin() as session:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            async with database.begin() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await enqueue(session, GRADE)
    assert await waiting(database) == 0


async def test_the_order_and_the_count_before(session: AsyncSession) -> None:
    first = await enqueue(session, GRADE)
    second = await enqueue(session, GRADE)
    sooner = await enqueue(session, SOONER)
    await enqueue(session, OTHER)
    assert [await waiting_before(session, job) for job in (sooner, first, second)] == [0, 1, 2]
    assert await waiting_before(session, second, most=1) == 1
    await session.execute(
        text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": sooner}
    )
    assert await waiting_before(session, sooner) is None
    assert await waiting_before(session, second) == 1
    expected = [
        QueueDepth("grading", 2, 1, 0),
        QueueDepth("default", 1, 0, 0),
        QueueDepth("checks", 0, 0, 0),
        QueueDepth("hints", 0, 0, 0),
        QueueDepth("notices", 0, 0, 0),
    ]
    assert await queue_depth(session) == expected


async def test_ten_thousand_waiting_jobs_slow_nothing_down(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " SELECT 'grading', 'test.grade', jsonb_build_object('submission', n)"
            " FROM generate_series(1, 10000) n"
        )
    )
    await session.execute(text("ANALYZE procrastinate_jobs"))
    worker = await session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
    began = time.perf_counter()
    for _ in range(20):
        job = await enqueue(session, GRADE, submission="last")
        assert await waiting_before(session, job) == 1000
        await queue_depth(session)
        await session.execute(
            text("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['grading'], :worker)"), {"worker": worker}
        )
    each = (time.perf_counter() - began) / 20
    assert each < 0.5, f"{each * 1000:.0f} ms"
    plan = await session.scalars(
        text(
            "EXPLAIN SELECT id FROM procrastinate_jobs WHERE status = 'todo'"
            " AND queue_name = ANY(ARRAY['grading']) ORDER BY priority DESC, id LIMIT 1"
        )
    )
    assert "procrastinate_jobs_priority_idx_v1" in "\n".join(plan)


async def test_what_could_be_taken_now_is_counted_up_to_a_limit(database: Database) -> None:
    async with database.begin() as session:
        before = await waiting_in(session, Queue.GRADING, most=100)
        for part in range(3):
            await enqueue(session, GRADE, part=part)
        await enqueue(session, GRADE, part=9, after=timedelta(hours=1))
        await enqueue(session, OTHER)
        assert await waiting_in(session, Queue.GRADING, most=100) == before + 3
        assert await waiting_in(session, Queue.GRADING, most=2) == 2
