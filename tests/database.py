"""The test database: one embedded server for a whole run, a migrated template, cheap copies of it.

Under pytest-xdist every process joins the same server, and the last one to leave stops and removes it. Only
here is durability switched off: the data live for minutes.
"""

import contextlib
import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from darsgah.db.embedded import open_database
from darsgah.db.file_lock import held_alone
from darsgah.db.programs import programs_for_this_user
from darsgah.db.schema import upgrade
from darsgah.settings import Settings

TEMPLATE = "darsgah_template"


@dataclass(frozen=True)
class DatabaseServer:
    """The running server of this test run; ``url`` leads to a database for orders, not for tests."""

    url: str

    def url_of(self, name: str) -> str:
        """The address of another database on this server."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: str, *names: str) -> None:
        """Runs a statement outside any transaction, with names of databases filled in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def new_database(self, *, migrated: bool = True) -> Iterator[str]:
        """The address of a database of its own, dropped at the end whoever still uses it."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE if migrated else "template0")
        try:
            yield self.url_of(name)
        finally:
            # The server may have been stopped by the test; then it goes with its folder.
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def kept_from_starting(home: Path) -> Iterator[None]:
    """An outage that lasts as long as the block: nobody starts the embedded server of this home folder."""
    with held_alone(home / "postgres.lock", seconds=30, on_wait=lambda: None):
        yield


class StoppableServer:
    """A migrated embedded server of one test, which it may stop and start at will."""

    def __init__(self, home: Path) -> None:
        self._settings = Settings(home=home, database_url=None)
        self._handles = contextlib.ExitStack()
        self._outage = contextlib.ExitStack()
        handle = self._handles.enter_context(open_database(self._settings))
        self.url = handle.url
        self._folder = handle.folder or home
        upgrade(self.url)

    def stop(self) -> None:
        """Stops PostgreSQL under everyone's feet, and keeps them from starting it again."""
        self._outage.enter_context(kept_from_starting(self._settings.home))
        programs_for_this_user().run("pg_ctl", "stop", "--pgdata=data", "--mode=fast", cwd=self._folder)

    def start(self) -> None:
        """Starts it again."""
        self._outage.close()
        self._handles.enter_context(open_database(self._settings))

    def close(self) -> None:
        """Stops it for good and removes its data."""
        self._outage.close()
        self._handles.close()
        shutil.rmtree(self._folder)


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """For what the processes of a test run do in turn."""
    with (home / "test-run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def database_server(home: Path) -> Iterator[DatabaseServer]:
    """The server over ``home``, which the processes of one test run share."""
    home.mkdir(parents=True, exist_ok=True)
    opened, made = contextlib.ExitStack(), home / "template.made"
    with one_at_a_time(home):
        handle = opened.enter_context(open_database(Settings(home=home, database_url=None)))
        server = DatabaseServer(handle.url)
        if not made.exists():
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                server.execute(f"ALTER SYSTEM SET {setting} = off")
            # A connection left half made would keep a database from being dropped for so long.
            server.execute("ALTER SYSTEM SET authentication_timeout = '5s'")
            server.execute("SELECT pg_reload_conf()")
            server.execute("CREATE DATABASE {}", TEMPLATE)
            upgrade(server.url_of(TEMPLATE))
            made.touch()
    try:
        yield server
    finally:
        with one_at_a_time(home):
            opened.close()
            if handle.folder and not (handle.folder / "data" / "postmaster.pid").exists():
                shutil.rmtree(handle.folder)
                for left in (made, *home.glob("postgres.*")):
                    left.unlink()
