"""Word of what changed, from any process to every web process: for pages that follow something live.

A transaction says that a key of a channel changed, and PostgreSQL passes it on when it commits. Each web
process listens on one connection and wakes those who watch that key; they read the new state themselves. So
nothing is queued without bound, several changes may arrive as one, and after a lost connection all are woken.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.session import Database
from darsgah.errors import ServiceUnavailable
from darsgah.jobs.ending import end

_log = structlog.get_logger(__name__)
_POSTGRES_CHANNEL = "darsgah"
_CHECK_SECONDS = 30.0
_LONGEST_PAUSE = 5.0


async def notify(session: AsyncSession, channel: str, key: str) -> None:
    """Tells everyone who watches ``key`` of ``channel``, when the session's transaction commits."""
    await session.execute(
        text("SELECT pg_notify(:postgres, :payload)"),
        {"postgres": _POSTGRES_CHANNEL, "payload": _payload(channel, key)},
    )


def _payload(channel: str, key: str) -> str:
    return f"{channel} {key}"


class Watch:
    """One watcher's view of one key."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    async def changed(self, seconds: float) -> bool:
        """Waits for a change since the last call; false when there was none for ``seconds``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    def wake(self) -> None:
        """Something about the key changed, or may have."""
        self._changed.set()


class Listener:
    """The one connection of this process that listens, as an async context manager."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watches: dict[str, set[Watch]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen(), name="listener")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            await end([self._task])

    @asynccontextmanager
    async def watch(self, channel: str, key: str) -> AsyncIterator[Watch]:
        """Watches from here on: enter, then read the state, then wait for changes; so none is missed."""
        payload, watch = _payload(channel, key), Watch()
        self._watches[payload].add(watch)
        try:
            yield watch
        finally:
            self._watches[payload].discard(watch)
            if not self._watches[payload]:
                del self._watches[payload]

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                async with self._database.listening() as connection:
                    await connection.execute(f"LISTEN {_POSTGRES_CHANNEL}")
                    pause = 0.1
                    self._wake_everyone()
                    await self._pass_on(connection)
            except ServiceUnavailable as error:
                _log.warning(
                    "Cannot listen for changes; trying again", reason=str(error.__cause__), seconds=pause
                )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _pass_on(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            async for notice in connection.notifies(timeout=_CHECK_SECONDS):
                for watch in self._watches.get(notice.payload, ()):
                    watch.wake()
            await connection.execute("SELECT 1")  # shows a connection that a router dropped without a word

    def _wake_everyone(self) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.wake()
