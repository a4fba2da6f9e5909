"""One PostgreSQL server over one folder: made, started, found running, stopped. Callers hold its home's lock.

Layout of the folder: ``data/`` (what initdb makes; its ``postgresql.conf`` is the operator's to change),
``server.log``, and where the folder's path is too long for a socket, or libpq would take it for several,
``socket-folder``, which names the private folder that holds the socket instead.
"""

import os
import re
import shlex
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.errors import CannotConnectNow

from darsgah.db.programs import MAJOR, ProgramFailed, Programs
from darsgah.errors import ServiceUnavailable, SettingsInvalid

START_SECONDS = 300
STOP_SECONDS = 60
_NEEDED_BYTES = 150 * 1024 * 1024
_LOG_BYTES = 5 * 1024 * 1024
# The kernel's limit for a unix socket's path is 108 bytes with the closing zero.
_SOCKET_PATH = 107
_SOCKET_NAME = ".s.PGSQL.5432"
# A comma parts several hosts for libpq, and quotes and lines mean something in PostgreSQL's own lists.
_SEVERAL = re.compile(r"[,\"\n]")
# Written to postgresql.conf once: a small machine that also grades. Durability stays as PostgreSQL ships it,
# fsync and synchronous commits. Where it listens is not the operator's to change, and given at each start.
_FIRST_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a ",
    "log_min_duration_statement": "2s",
}


class Cluster:
    """The server of ``folder``, whose superuser ``user`` signs in with ``password``."""

    def __init__(
        self, folder: Path, programs: Programs, user: str, password: str, progress: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._programs = programs
        self._user = user
        self._password = password
        self._progress = progress

    @property
    def made(self) -> bool:
        """Whether there are data."""
        return self._data.exists()

    def make(self) -> None:
        """Creates the data folder if there is none. One that was interrupted half-way is begun anew.

        Raises:
            SettingsInvalid: the data are another major version's.
            ServiceUnavailable: no room, or initdb failed.
        """
        if self.made:
            self.check_version()
            return
        self._check_room()
        self._progress("Creating the database (once)")
        unfinished = self._folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # A file in memory: nobody else can read it, and the user that runs initdb can open it by its number.
        secret = os.memfd_create("password")
        try:
            os.write(secret, self._password.encode("ascii"))
            self._programs.run(
                "initdb",
                f"--pgdata={unfinished.name}",
                f"--username={self._user}",
                f"--pwfile=/proc/self/fd/{secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions",
                *(f"--set={name}={value}" for name, value in _FIRST_SETTINGS.items()),
                cwd=self._folder,
                pass_fds=[secret],
            )
        except ProgramFailed as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._failure("could not be created", error.message) from error
        finally:
            os.close(secret)
        unfinished.rename(self._data)

    def start(self) -> Path:
        """Starts it, or finds it running. Returns the folder of its socket once it answers.

        Raises:
            ServiceUnavailable: it does not start; the message has the reason from its log.
        """
        began = time.monotonic()
        while time.monotonic() - began < START_SECONDS:
            running = self.answering()
            if running:
                return running
            if not self.alive():
                try:
                    self._launch()
                except ProgramFailed as error:
                    # Processes of a server that was killed need a moment to notice; then its memory is free.
                    if "shared memory block" not in error.message or time.monotonic() - began > STOP_SECONDS:
                        raise self._failure("did not start", error.message) from error
            time.sleep(0.05)
        raise ServiceUnavailable(
            f"The database did not answer within {START_SECONDS} seconds: see {self._log}."
        )

    def stop(self) -> None:
        """Ends sessions, writes everything to disk and stops it; nothing if it does not run.

        Raises:
            ServiceUnavailable: it still runs after a minute.
        """
        if not self.alive() and not self.answering():
            return
        try:
            self._programs.run(
                "pg_ctl", "stop", "--pgdata=data", "--mode=fast", "--silent", f"--timeout={STOP_SECONDS}",
                cwd=self._folder,
            )  # fmt: skip
        except ProgramFailed as error:
            if self.alive():
                raise ServiceUnavailable(
                    f"The database still runs {STOP_SECONDS} seconds after it was told: {error.message}"
                ) from error
        self._forget_socket_folder()

    def _launch(self) -> None:
        self._progress("Starting the database")
        self._check_room()
        self._forget_strangers_pid()
        self._turn_log_over()
        listening = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "unix_socket_directories": str(self._socket_folder()),
            "port": "5432",
        }
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in listening.items())
        began = self._log.stat().st_size if self._log.exists() else 0
        try:
            self._programs.run(
                "pg_ctl", "start", "--pgdata=data", "--log=server.log", f"--options={options}", "--silent",
                f"--timeout={START_SECONDS}",
                cwd=self._folder,
            )  # fmt: skip
        except ProgramFailed as error:
            raise ProgramFailed(self._logged_since(began) or error.message) from error

    def answering(self) -> Path | None:
        """The folder of the socket on which the server takes sign-ins; None when there is none."""
        socket_folder = Path(self._postmaster(4) or self._folder)
        url = (
            f"postgresql://{self._user}:{self._password}@/postgres?host={quote(str(socket_folder), safe='')}"
        )
        try:
            with psycopg.connect(url, connect_timeout=5):
                return socket_folder
        except CannotConnectNow:
            return None
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise SettingsInvalid(
                    f"The database in {self._folder} has another password than the home folder's file "
                    "postgres.password: restore both from the same backup."
                ) from error
            return None

    def _postmaster(self, line: int) -> str:
        """A line of the file in which the server says who and where it is; empty when missing."""
        try:
            return (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[line].strip()
        except (OSError, IndexError):
            return ""

    def alive(self) -> bool:
        """Whether the process that the server's file names is this server."""
        pid = self._postmaster(0)
        process = Path("/proc", pid or "0")
        try:
            if (process / "comm").read_text(encoding="utf-8").strip() != "postgres":
                return False
        except OSError:
            return False
        try:
            return (process / "cwd").resolve(strict=True) == self._data.resolve()
        except OSError:  # a container may hide another user's working folder, from root as well
            return True

    def _forget_strangers_pid(self) -> None:
        """After a power cut the number in the file may be a stranger's; then PostgreSQL refuses to start."""
        pid = self._postmaster(0)
        if pid and Path("/proc", pid).exists():
            (self._data / "postmaster.pid").unlink()

    def _socket_folder(self) -> Path:
        if _fits(self._folder):
            return self._folder
        record = self._folder / "socket-folder"
        # A server that is started again must be where everyone looks for it.
        known = Path(record.read_text(encoding="utf-8").strip()) if record.exists() else None
        if known and _is_private(known):
            return known
        folder = Path(tempfile.mkdtemp(prefix="darsgah-"))
        if not _fits(folder):
            folder.rmdir()
            raise SettingsInvalid(
                f"The path {self._folder} cannot hold a socket (it is too long, or has a comma or a quote in "
                "it), and neither can the temporary folder: set DARSGAH_HOME to another one."
            )
        record.write_text(f"{folder}\n", encoding="utf-8")
        return folder

    def _forget_socket_folder(self) -> None:
        """Removes the private folder of the socket, if it had one, with what a killed server left in it."""
        record = self._folder / "socket-folder"
        if record.exists():
            shutil.rmtree(record.read_text(encoding="utf-8").strip(), ignore_errors=True)
            record.unlink()

    def check_version(self) -> None:
        """That the data are this version's.

        Raises:
            SettingsInvalid: they are another major version's, or cannot be read.
        """
        try:
            major = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError as error:
            raise SettingsInvalid(
                f"The database in {self._data} cannot be read ({error.strerror}): restore it from a backup."
            ) from error
        if major != str(MAJOR):
            raise SettingsInvalid(
                f"The database in {self._data} is PostgreSQL {major}, this Darsgah brings {MAJOR}: make a "
                "backup with the version that made it and restore that here. Nothing was changed."
            )

    def _check_room(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < _NEEDED_BYTES and not self._data.exists():
            raise ServiceUnavailable(
                f"The disk of {self._folder} has {free // 2**20} MB left and a new database needs "
                f"{_NEEDED_BYTES // 2**20}: make room and start again."
            )

    def _turn_log_over(self) -> None:
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.rename(self._folder / "server.log.1")

    def _logged_since(self, position: int) -> str:
        """What the server wrote since a byte position, in one line without times and levels."""
        try:
            with self._log.open(encoding="utf-8", errors="replace") as log:
                log.seek(position)
                messages = re.findall(r"(?:LOG|HINT|DETAIL|FATAL|PANIC): +(.+)", log.read())
        except OSError:
            return ""
        return "; ".join(messages[-4:])

    def _failure(self, what: str, said: str) -> ServiceUnavailable:
        if "No space left on device" in said:
            return ServiceUnavailable(f"The database {what}: the disk of {self._folder} is full. Make room.")
        reason = said.splitlines()[0] if said else "no reason given"
        return ServiceUnavailable(f"The database {what}: {reason} (see {self._log}).")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH and not _SEVERAL.search(str(folder))


def _is_private(folder: Path) -> bool:
    """Whether it is this user's own; where it was cleared away it is made again under its name."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
