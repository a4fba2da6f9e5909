"""Transactions at the edge, and a database that goes away and comes back."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db import session as session_module
from darsgah.db.columns import new_id, now
from darsgah.db.session import Database, DatabaseAway, DatabaseBusy
from tests.database import StoppableServer


async def count(database: Database) -> object:
    async with database.begin() as session:
        return await session.scalar(text("SELECT count(*) FROM kept"))


@pytest.fixture
async def kept(database: Database) -> Database:
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE kept (id int PRIMARY KEY)"))
    return database


async def test_a_transaction_is_committed_at_the_end_and_only_then(kept: Database) -> None:
    async with kept.begin() as session:
        await session.execute(text("INSERT INTO kept VALUES (1)"))
        assert await count(kept) == 0
    assert await count(kept) == 1


async def test_an_exception_takes_everything_back(kept: Database) -> None:
    with pytest.raises(LookupError):  # noqa: PT012 # the transaction is the statement
        async with kept.begin() as session:
            await session.execute(text("INSERT INTO kept VALUES (1)"))
            raise LookupError
    assert await count(kept) == 0


async def test_faults_of_ours_are_not_called_an_absent_database(kept: Database) -> None:
    with pytest.raises(IntegrityError):  # the transaction is the statement
        async with kept.begin() as session:
            await session.execute(text("INSERT INTO kept VALUES (1), (1)"))


async def test_a_database_that_stops_is_503_and_comes_back_by_itself(
    stoppable_server: StoppableServer,
) -> None:
    database = Database(stoppable_server.url, pool=2)
    await database.check()
    stoppable_server.stop()
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="does not answer") as caught:
            await database.check()
        assert caught.value.status == 503
    stoppable_server.start()
    await database.check()
    await database.dispose()


async def test_a_connection_that_breaks_midway(kept: Database) -> None:
    with pytest.raises(DatabaseAway):  # noqa: PT012 # the transaction is the statement
        async with kept.begin() as session:
            await session.execute(text("INSERT INTO kept VALUES (1)"))
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            async with kept.begin() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await session.execute(text("INSERT INTO kept VALUES (2)"))
    assert await count(kept) == 0


async def test_a_lock_that_is_not_granted_in_time_is_busy(kept: Database) -> None:
    async with kept.begin() as session:
        await session.execute(text("LOCK TABLE kept"))
        with pytest.raises(DatabaseBusy, match="busy"):  # noqa: PT012 # the transaction is the statement
            async with kept.begin() as other:
                await other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                await other.execute(text("SELECT * FROM kept"))


async def test_no_connection_free_in_time_is_busy(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "POOL_SECONDS", 0.1)
    narrow = Database(kept.url, pool=1)
    async with narrow.begin() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(DatabaseBusy):
            await narrow.check()
    await narrow.check()
    await narrow.dispose()


async def test_the_server_limits_every_connection(session: AsyncSession) -> None:
    limits = {
        name: await session.scalar(text(f"SHOW {name}"))
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
    }
    assert list(limits.values()) == ["30s", "10s", "1min", "UTC"]


@pytest.mark.parametrize("_again", [1, 2])
async def test_tests_leave_nothing_behind(session: AsyncSession, _again: int) -> None:
    await session.execute(text("CREATE TABLE left_behind (id int)"))
    await session.commit()


async def test_identifiers_are_in_order_and_moments_aware() -> None:
    first = new_id()
    await asyncio.sleep(0.002)
    assert first.version == 7
    assert first < new_id()
    assert now().utcoffset() is not None
