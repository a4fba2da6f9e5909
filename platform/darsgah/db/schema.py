"""Migrations: brings a database to the tables this version of the code needs, and back.

Alembic runs from inside the package, without a file of settings. An advisory lock lets one process at a time
migrate; the whole run is one transaction, so a failure leaves the database as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from darsgah.db import queue_schema
from darsgah.db.address import sqlalchemy_url
from darsgah.db.session import CONNECT_SECONDS, database_errors
from darsgah.errors import SettingsInvalid

# Any number that no other program locks in the same database; this one is "darsgah" in ASCII.
_LOCK = 0x64617273676168


class DatabaseNewer(SettingsInvalid):
    """A newer Darsgah has upgraded the database: run that version here too. Nothing was changed."""

    code = "database_newer"


def upgrade(url: str, revision: str = "head") -> list[str]:
    """Applies what is missing, the queue's own schema included. Returns the revisions applied, oldest first.

    Raises:
        DatabaseNewer, DatabaseAway, DatabaseBusy: nothing was changed.
    """
    with _migrating(url) as connection:
        before = _revision(connection)
        command.upgrade(_config(connection), revision)
        queue_schema.upgrade(connection)
        return [] if before == (after := _revision(connection)) else _between(before, after)


def downgrade(url: str, revision: str = "base") -> None:
    """Takes revisions back, newest first, and what they hold with them: for tests and for a failed upgrade.

    Raises:
        DatabaseAway, DatabaseBusy: nothing was changed.
    """
    with _migrating(url) as connection:
        command.downgrade(_config(connection), revision)


def pending(url: str) -> list[str]:
    """The revisions that ``upgrade`` would apply, oldest first.

    Raises:
        DatabaseNewer: its revision is none of this version's.
        DatabaseAway, DatabaseBusy: it cannot be asked.
    """
    with _connected(url) as connection:
        return _between(_revision(connection), "head")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = ScriptDirectory.from_config(_config()).walk_revisions()
    if revision is not None and all(step.revision != revision for step in known):
        raise DatabaseNewer
    return revision


def _between(before: str | None, after: str | None) -> list[str]:
    steps = ScriptDirectory.from_config(_config()).iterate_revisions(after or "base", before or "base")
    return [step.revision for step in steps][::-1]


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(
        sqlalchemy_url(url), poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    try:
        with database_errors(), engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _migrating(url: str) -> Iterator[Connection]:
    with _connected(url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection
