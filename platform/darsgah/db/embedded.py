"""The database of one installation: a PostgreSQL that runs inside the home folder, or a server of your own.

The embedded server listens on a unix socket alone, with a password that only this user can read. Whoever
comes first starts it, everyone else joins, and the last one to leave stops it; the kernel keeps the count,
through locks on a file, so one that was killed does not count. A server that outlived its starter is joined.
One that ends while it is used is started again, within seconds, by whoever of its users sees it first.

The home folder holds ``postgres.lock`` (held while starting and stopping), ``postgres.users`` (shared by
everyone who uses the server) and ``postgres/`` with the data. For root the data are under
``/var/lib/darsgah``, and ``postgres.folder`` says where.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import structlog
from psycopg import sql

from darsgah.db.address import libpq_url, shown
from darsgah.db.cluster import START_SECONDS, Cluster
from darsgah.db.file_lock import FileLock, held_alone
from darsgah.db.placement import existing_folder, server_folder
from darsgah.db.programs import Programs, installed_programs, programs_for_this_user
from darsgah.errors import DarsgahError, ServiceUnavailable, SettingsInvalid
from darsgah.settings import Settings

NAME = "darsgah"
OLDEST_MAJOR = 15
LOOK_SECONDS = 2.0
"""Between two looks whether the embedded server still runs."""
Progress = Callable[[str], None]
_LOCK = "postgres.lock"
_log = structlog.get_logger("darsgah.database")


@dataclass(frozen=True)
class DatabaseHandle:
    """A database that answers.

    Attributes:
        url: for ``Database``, psycopg and the queue alike; holds a password.
        embedded: whether it is the one in the home folder.
        folder: where the embedded one keeps data and log.
    """

    url: str
    embedded: bool
    folder: Path | None = None


def silent(_message: str) -> None:
    """Progress that nobody watches."""


@contextmanager
def open_database(settings: Settings, progress: Progress = silent) -> Iterator[DatabaseHandle]:
    """The database of these settings, answering for as long as the block lasts.

    ``progress`` is told in words what takes its time.

    Raises:
        SettingsInvalid: the settings, rights or versions do not fit; the message says what to change.
        ServiceUnavailable: the server does not start or answer; the message says why.
    """
    if settings.database_url:
        yield _checked(settings.database_url)
        return
    server = EmbeddedServer(settings.home_folder, progress)
    handle = server.join()
    try:
        yield handle
    finally:
        server.leave()


@dataclass(frozen=True)
class EmbeddedState:
    """What there is of the embedded server.

    Attributes:
        program: what PostgreSQL's program says of itself.
        folder: where data and log are; None before the first start.
        made: there are data.
        url: where it answers; None while it does not run.
    """

    program: str
    folder: Path | None = None
    made: bool = False
    url: str | None = None


def look_at_embedded(home: Path) -> EmbeddedState:
    """The embedded server of a home folder as it is: nothing is made, started or changed.

    Raises:
        SettingsInvalid: it could not be started; the message says why and what to change.
        ServiceUnavailable: its program does not run.
    """
    programs = Programs(installed_programs(), None)
    program = programs.run("postgres", "--version", cwd=Path("/")).strip()
    try:
        folder = existing_folder(home, for_service_user=os.geteuid() == 0)
        if folder is None:
            return EmbeddedState(program)
        password = _password_file(home).read_text(encoding="ascii").strip()
        cluster = Cluster(folder, programs, NAME, password, silent)
        if not cluster.made:
            return EmbeddedState(program, folder)
    except OSError as error:
        raise SettingsInvalid(
            f"The database in {home} cannot be read ({error.filename}: {error.strerror}): "
            "run Darsgah as the user the home folder belongs to."
        ) from error
    cluster.check_version()
    socket_folder = cluster.answering()
    url = libpq_url(_url(password, socket_folder, NAME)) if socket_folder else None
    return EmbeddedState(program, folder, made=True, url=url)


class EmbeddedServer:
    """One process's part in the server of a home folder: ``join`` it, later ``leave`` it."""

    def __init__(self, home: Path, progress: Progress) -> None:
        self._home = home
        self._progress = progress
        self._users = FileLock(home / "postgres.users")
        self._cluster: Cluster | None = None
        self._leaving = threading.Event()
        self._watch: threading.Thread | None = None

    def join(self) -> DatabaseHandle:
        """Starts the server unless it runs, and makes it first if it has never run.

        Raises:
            SettingsInvalid, ServiceUnavailable: as ``open_database`` says.
        """
        try:
            with self._starting_or_stopping():
                programs = programs_for_this_user()
                folder = server_folder(self._home, programs.user)
                password = self._password()
                self._cluster = Cluster(folder, programs, NAME, password, self._progress)
                self._cluster.make()
                socket_folder = self._cluster.start()
                self._users.share()
                _make_database(_url(password, socket_folder, "postgres"))
        except BaseException:
            self.leave()
            raise
        # A daemon: a process that ends without leaving must not wait for it.
        self._watch = threading.Thread(
            target=self._start_again, args=(self._cluster,), name="database watch", daemon=True
        )
        self._watch.start()
        url = libpq_url(_url(password, socket_folder, NAME))
        return DatabaseHandle(url, embedded=True, folder=folder)

    def leave(self) -> None:
        """Stops the server if this was the last process that used it.

        Raises:
            ServiceUnavailable: it does not stop.
        """
        try:
            self._leaving.set()
            if self._watch:
                self._watch.join()
            if self._cluster:
                with self._starting_or_stopping():
                    if self._users.try_alone():
                        self._progress("Stopping the database")
                        self._cluster.stop()
        finally:
            self._users.release()

    def _start_again(self, cluster: Cluster) -> None:
        """Until this process leaves: a server that ended is started, unless another one is at it already."""
        told = ""
        while not self._leaving.wait(LOOK_SECONDS):
            if cluster.alive():
                continue
            try:
                lock = FileLock(self._home / _LOCK)
                try:
                    if lock.try_alone() and not cluster.alive():
                        cluster.start()
                        _log.warning("database_started_again", reason="it had ended while it was in use")
                        told = ""
                finally:
                    lock.release()
            except (DarsgahError, OSError) as error:
                if str(error) != told:
                    _log.error("database_not_started_again", reason=str(error), next_try=LOOK_SECONDS)
                told = str(error)

    @contextmanager
    def _starting_or_stopping(self) -> Iterator[None]:
        with held_alone(
            self._home / _LOCK,
            seconds=START_SECONDS,
            on_wait=lambda: self._progress("Waiting for another process that starts or stops the database"),
        ):
            yield

    def _password(self) -> str:
        file = _password_file(self._home)
        try:
            if not file.exists():
                whole = file.with_suffix(".new")
                whole.touch(mode=0o600)
                whole.write_text(secrets.token_urlsafe(24), encoding="ascii")
                whole.rename(file)
            return file.read_text(encoding="ascii").strip()
        except OSError as error:
            raise SettingsInvalid(
                f"The database's password in {file} cannot be read or written ({error.strerror}): "
                "run Darsgah as the user the home folder belongs to, and see that the disk is not full."
            ) from error


def _password_file(home: Path) -> Path:
    return home / "postgres.password"


def _url(password: str, socket_folder: Path, database: str) -> str:
    return f"postgresql://{NAME}:{password}@/{database}?host={quote(str(socket_folder), safe='')}"


def _make_database(url: str) -> None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    except psycopg.Error as error:
        raise ServiceUnavailable(
            f"The embedded database started but does not take orders: {error}"
        ) from error


def _checked(url: str) -> DatabaseHandle:
    plain = libpq_url(url)
    try:
        with psycopg.connect(plain, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise ServiceUnavailable(
            f"The database {shown(plain)} of DARSGAH_DATABASE_URL does not answer: {_one_line(error)}"
        ) from error
    if version < OLDEST_MAJOR * 10000:
        raise SettingsInvalid(
            f"The database {shown(plain)} is PostgreSQL {version // 10000}, and {OLDEST_MAJOR} is the oldest."
        )
    return DatabaseHandle(plain, embedded=False)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
