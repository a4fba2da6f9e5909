"""Where the steps of an import write: each in a transaction of its own, or, in a dry run, none that lasts."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from obstore.store import MemoryStore
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import Blob, BlobStore
from darsgah.db.session import Database

Begin = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens the transaction of one step."""


class ForgetfulBlobs(BlobStore):
    """Says how each content would be kept and keeps nothing, however much there is."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())

    async def put(self, content: bytes) -> Blob:
        """The blob that keeping the bytes would give."""
        return Blob(hashlib.sha256(content).hexdigest(), len(content))


@asynccontextmanager
async def rehearsal(database: Database) -> AsyncIterator[Begin]:
    """Transactions that see each other's work and are rolled back, all of them, at the end.

    They take the locks that the real ones would, for as long as the block lasts.
    """
    async with database.begin() as session:

        @asynccontextmanager
        async def begin() -> AsyncIterator[AsyncSession]:
            async with session.begin_nested():
                yield session

        try:
            yield begin
        finally:
            await session.rollback()


@asynccontextmanager
async def lasting(database: Database) -> AsyncIterator[Begin]:
    """Transactions that are committed one by one."""
    yield database.begin
