"""A lock on a name, held in the database: for work that one process of an installation does at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from darsgah.db.session import Database


@asynccontextmanager
async def try_lock(database: Database, name: str) -> AsyncIterator[bool]:
    """Whether the lock was free; if so it is held while the block lasts, and let go with the process.

    It is let go in words: the server notices a closed connection only some time after it was closed.

    Raises:
        DatabaseAway, DatabaseBusy: the database cannot be asked.
    """
    async with database.listening() as connection:
        row = await (
            await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        ).fetchone()
        free = row is not None and bool(row[0])
        try:
            yield free
        finally:
            if free and not connection.closed:
                await connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
