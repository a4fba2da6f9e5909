"""One process at a time, and the next at once when it is done."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest

from darsgah.db.advisory_lock import try_lock
from darsgah.db.session import Database


class LingeringDatabase(Database):
    """Its closed connections are noticed by the server late, as on a busy machine: at the test's end."""

    def __init__(self, url: str, closing: AsyncExitStack) -> None:
        super().__init__(url)
        self._closing = closing

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection that is closed with the stack."""
        yield await self._closing.enter_async_context(super().listening())


@pytest.fixture
async def lingering(database: Database) -> AsyncIterator[Database]:
    async with AsyncExitStack() as closing:
        yield LingeringDatabase(database.url, closing)


async def test_a_lock_that_is_held_is_not_given_twice(database: Database) -> None:
    async with try_lock(database, "course") as first:
        async with try_lock(database, "course") as second, try_lock(database, "another") as other:
            assert (first, second, other) == (True, False, True)
        async with try_lock(database, "course") as third:
            assert not third


async def test_a_lock_is_free_as_soon_as_it_is_let_go(lingering: Database) -> None:
    for _ in range(3):
        async with try_lock(lingering, "course") as free:
            assert free


async def test_a_lock_is_let_go_when_the_work_fails(lingering: Database) -> None:
    with pytest.raises(LookupError):  # what fails is the block
        async with try_lock(lingering, "course"):
            raise LookupError
    async with try_lock(lingering, "course") as free:
        assert free
