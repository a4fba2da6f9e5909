"""Virtual environments built of locked requirements.

``BUILT/NAME`` is a link to a folder beside it. A build makes a new folder, and the link moves to it as the
last step: what is half built is never used, and a warm process goes on with the folder it was started from,
which stays until the build after that.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from darsgah_grader.environments.declaration import Declaration
from darsgah_grader.types import EnvironmentBroken

_RECORD = "darsgah-environment.json"
_LAST_LINES = 12
_NO_NETWORK = ("NewConnectionError", "Temporary failure in name resolution", "Max retries exceeded")

Progress = Callable[[str], None]
"""Told in words what is being done."""


def interpreter(built: Path, name: str) -> Path:
    """The interpreter of a built environment; where there is none yet, the path where it will be."""
    link = built / name
    return (link.resolve() if link.exists() else link.absolute()) / "bin" / "python"


def built_digest(built: Path, name: str) -> str | None:
    """The digest of the declaration that an environment was built of; None when it is not built."""
    try:
        record = json.loads((built / name / _RECORD).read_text())
        return str(record["digest"])
    except (OSError, ValueError, KeyError):
        return None


def build(declaration: Declaration, built: Path, progress: Progress) -> Path:
    """Build the environment anew and put it in the place of the one before; its folder.

    Raises:
        EnvironmentBroken: what was not to be had, in words; the environment before stays in use.
    """
    if declaration.requirements is None:
        raise EnvironmentBroken(
            f"The environment {declaration.name} uses the platform's own packages: there is nothing to build."
        )
    digest = declaration.digest()
    try:
        built.mkdir(parents=True, exist_ok=True)
        with _alone(built, declaration.name):
            return _build(declaration, built, digest, progress)
    except OSError as error:
        raise EnvironmentBroken(
            f"The environment {declaration.name} was not built: {error.filename}: {error.strerror}."
        ) from error


def _build(declaration: Declaration, built: Path, digest: str, progress: Progress) -> Path:
    name, link = declaration.name, built / declaration.name
    current = link.resolve() if link.is_symlink() else None
    _remove(built, name, keep=current)
    folder = _new_folder(built, name)
    try:
        progress(f"Making a virtual environment in {folder}")
        python = _python(declaration)
        _run([python, "-I", "-m", "venv", "--without-pip", str(folder)], "no virtual environment can be made")
        progress("Installing the locked packages")
        _install(declaration, folder)
        if "ipython" not in declaration.platform:
            _run(
                [str(folder / "bin" / "python"), "-I", "-B", "-c", "import IPython"],
                "IPython is not in it: add ipython to the requirements, "
                'or borrow the platform\'s with platform = ["ipython"]',
            )
        (folder / _RECORD).write_text(json.dumps({"digest": digest}))
    except EnvironmentBroken as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise EnvironmentBroken(f"The environment {name} was not built: {error}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    fresh = built / f".{name}.link"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(link)
    return folder


@contextmanager
def _alone(built: Path, name: str) -> Iterator[None]:
    """One build of an environment at a time; a second one is told so."""
    with (built / f".{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentBroken(f"The environment {name} is being built at this moment.") from error
        yield


def _remove(built: Path, name: str, keep: Path | None) -> None:
    """Remove what earlier builds left: broken off, or replaced twice."""
    for folder in built.glob(f"{name}.*"):
        if folder.suffix[1:].isdigit() and folder.resolve() != keep:
            shutil.rmtree(folder, ignore_errors=True)


def _new_folder(built: Path, name: str) -> Path:
    taken = [int(folder.suffix[1:]) for folder in built.glob(f"{name}.*") if folder.suffix[1:].isdigit()]
    return built.resolve() / f"{name}.{max(taken, default=0) + 1}"


def _python(declaration: Declaration) -> str:
    if not declaration.python:
        return sys.executable
    found = shutil.which(declaration.python, path=os.defpath + ":/usr/local/bin")
    if found is None:
        raise EnvironmentBroken(f"there is no interpreter {declaration.python} on this machine.")
    return found


def _install(declaration: Declaration, folder: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")),
        *("--disable-pip-version-check", "--no-input", "install", "--require-hashes"),
        *("--requirement", str(declaration.requirements)),
    ]
    _run(command, "the packages cannot be installed", folder=declaration.folder)


def _run(command: list[str], fault: str, folder: Path | None = None) -> None:
    """Run a program of ours; what it said last goes into the error."""
    done = subprocess.run(  # noqa: S603 -- this interpreter, and what the operator declared
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        umask=0o022,
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
        if any(sign in done.stdout for sign in _NO_NETWORK):
            fault = f"{fault}, because the package index cannot be reached from here"
        raise EnvironmentBroken(f"{fault}.\n{said}".strip())
