"""Word of changes: after the commit, to those who watch, and after a lost connection to everyone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from darsgah.db.session import Database
from darsgah.jobs import notifications
from darsgah.jobs.notifications import Listener, notify
from tests.database import StoppableServer

SOON = 20.0
NEVER = 0.3


@pytest.fixture
async def listener(database: Database) -> AsyncIterator[Listener]:
    async with Listener(database) as listener:
        async with listener.watch("probe", "ready") as ready:
            assert await ready.changed(SOON)
        yield listener


async def tell(database: Database, channel: str, key: str) -> None:
    async with database.begin() as session:
        await notify(session, channel, key)


async def test_those_who_watch_hear_of_it_after_the_commit(database: Database, listener: Listener) -> None:
    async with listener.watch("submission", "1") as watch, listener.watch("submission", "1") as another:
        async with database.begin() as session:
            await notify(session, "submission", "1")
            assert not await watch.changed(NEVER)
        assert await watch.changed(SOON)
        assert await another.changed(SOON)
        assert not await watch.changed(NEVER)


async def test_others_and_what_was_taken_back_are_not_heard(database: Database, listener: Listener) -> None:
    async with listener.watch("submission", "1") as watch:
        await tell(database, "submission", "2")
        await tell(database, "lab", "1")
        with pytest.raises(LookupError):  # noqa: PT012 # the transaction is the statement
            async with database.begin() as session:
                await notify(session, "submission", "1")
                raise LookupError
        assert not await watch.changed(NEVER)


async def test_many_changes_may_arrive_as_one(database: Database, listener: Listener) -> None:
    async with listener.watch("submission", "1") as watch:
        async with database.begin() as session:
            for _ in range(1000):
                await notify(session, "submission", "1")
        assert await watch.changed(SOON)


async def test_thousands_may_watch(database: Database, listener: Listener) -> None:
    async with AsyncExitStack() as stack:
        watches = [await stack.enter_async_context(listener.watch("submission", str(i))) for i in range(5000)]
        await tell(database, "submission", "4999")
        assert await watches[4999].changed(SOON)
        assert not await watches[0].changed(0)
    async with database.begin() as session:
        listening = await session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        )
    assert listening == 1


async def test_a_lost_connection_is_made_anew_and_everyone_looks(stoppable_server: StoppableServer) -> None:
    database = Database(stoppable_server.url)
    async with Listener(database) as listener, listener.watch("submission", "1") as watch:
        assert await watch.changed(SOON)
        stoppable_server.stop()
        stoppable_server.start()
        assert await watch.changed(SOON)
        await tell(database, "submission", "1")
        assert await watch.changed(SOON)
    await database.dispose()


async def test_leaving_frees_the_key(listener: Listener) -> None:
    async with listener.watch("submission", "1"):
        pass
    await asyncio.sleep(0)
    assert not listener._watches


async def test_none_is_lost_while_the_connection_is_checked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "_CHECK_SECONDS", 0.001)
    async with Listener(database) as listener, listener.watch("submission", "1") as watch:
        assert await watch.changed(SOON)
        for _ in range(200):
            await tell(database, "submission", "1")
            assert await watch.changed(SOON)
