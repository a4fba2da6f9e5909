"""Sessions: one transaction for each request or job, committed at its edge.

A database that is away shows as ``ServiceUnavailable``, never as a driver's error, and is used again as soon
as it is back: dead connections are found and replaced before they are handed out.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from darsgah.db.address import libpq_url, sqlalchemy_url
from darsgah.errors import ServiceUnavailable

CONNECT_SECONDS = 5
POOL_SECONDS = 10
# What the server enforces on every connection, in milliseconds: nothing of ours may hold a lock for long.
_SERVER_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "timezone": "UTC",
        "statement_timeout": 30_000,
        "lock_timeout": 10_000,
        "idle_in_transaction_session_timeout": 60_000,
    }.items()
)


class DatabaseAway(ServiceUnavailable):
    """The database does not answer at the moment. Nothing was recorded: try again shortly."""

    code = "database_away"


class DatabaseBusy(ServiceUnavailable):
    """The database is busy at the moment. Nothing was recorded: try again shortly."""

    code = "database_busy"


# SQLSTATE classes and codes of a server that answers but has no time or room: deadlock and serialisation
# (40), insufficient resources (53), a cancelled statement and a lock not granted in time.
_BUSY = ("40", "53", "57014", "55P03")


@contextmanager
def database_errors() -> Iterator[None]:
    """Turns "the database is away" and "is busy" into errors with a status; lets faults of ours through.

    Raises:
        DatabaseAway: no connection, or it broke.
        DatabaseBusy: no connection free in time, a lock or a time limit, no room.
    """
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy from error
    except DBAPIError as error:
        if _is_busy(error.orig):
            raise DatabaseBusy from error
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            raise DatabaseAway from error
        raise
    except psycopg.Error as error:
        if _is_busy(error):
            raise DatabaseBusy from error
        if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
            raise DatabaseAway from error
        raise


def _is_busy(error: BaseException | None) -> bool:
    return isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_BUSY)


class Database:
    """The connections that one process keeps to the database.

    Args:
        url: as ``open_database`` gives it.
        pool: connections kept; half as many again are opened when all are in use.
        application: the name the server shows for them in ``pg_stat_activity``.
    """

    def __init__(self, url: str, *, pool: int = 10, application: str = "darsgah") -> None:
        self.url = libpq_url(url)
        self._connect_args = {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": application,
            "options": _SERVER_OPTIONS,
        }
        self.engine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool,
            max_overflow=pool // 2,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,
            connect_args=self._connect_args,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: committed when the block ends well, rolled back when it raises.

        Raises:
            DatabaseAway, DatabaseBusy: nothing was recorded, unless the connection broke while committing;
                then it may have been, which is why what creates rows carries an idempotency key.
        """
        with database_errors():
            async with self._sessions.begin() as session:
                yield session

    async def check(self) -> None:
        """Returns when the database answers a query.

        Raises:
            DatabaseAway, DatabaseBusy: it does not.
        """
        async with self.begin() as session:
            await session.execute(text("SELECT 1"))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection of its own, outside the pool and committing each statement, to LISTEN on.

        Raises:
            DatabaseAway, DatabaseBusy: it can't be opened, or broke.
        """
        with database_errors():
            async with await psycopg.AsyncConnection.connect(
                self.url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name=f"{self._connect_args['application_name']} listener",
                keepalives_idle=30,
            ) as connection:
                yield connection

    async def dispose(self) -> None:
        """Closes every connection; sessions still open keep theirs until they end."""
        await self.engine.dispose()
