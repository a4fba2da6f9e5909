"""Reads a folder's regular files into memory: no link followed, nothing special opened, sizes capped."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from darsgah_labs.errors import LabInvalid

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_LAB_BYTES = 128 * 1024 * 1024
MAX_FILES = 2000
MAX_DEPTH = 8

PASSED_OVER = frozenset({"__pycache__", "Thumbs.db"})
"""What programs leave behind; names that begin with a dot are passed over too."""


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` by its path relative to it, with ``/`` between names, sorted.

    Raises:
        LabInvalid: a link, a device, an odd name, something that may not be read, or too much of it.
    """
    files: dict[str, bytes] = {}
    total = 0
    try:
        for path, descriptor, name in _entries(folder):
            content = _read_regular(descriptor, name, path)
            total += len(content)
            if len(files) >= MAX_FILES or total > MAX_LAB_BYTES:
                problem = f"The lab is larger than {MAX_FILES} files or {MAX_LAB_BYTES >> 20} MiB."
                raise LabInvalid(folder.name, "", problem, "Leave out what the notebooks don't read.")
            files[path] = content
    except OSError as error:
        raise _unreadable(Path(error.filename or folder).name, error) from error
    return dict(sorted(files.items()))


def read_file(path: Path) -> bytes:
    """One file that a person named, links in its own path allowed; the same names and caps as in a folder."""
    _check_name(path.name, path.name)
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path.name, error) from error
    try:
        return _read_regular(descriptor, path.name, path.name)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Path inside the folder, descriptor of the parent folder, and name, of everything to be read."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, names, descriptor in os.fwalk(folder, onerror=refuse, follow_symlinks=False):
        inside = PurePosixPath(Path(parent).relative_to(folder).as_posix())
        folders[:] = sorted(name for name in folders if not _is_passed_over(name))
        if len(inside.parts) > MAX_DEPTH:
            problem = f"Folders lie more than {MAX_DEPTH} deep."
            raise LabInvalid(str(inside), "", problem, "Move the files further up.")
        for name in (*folders, *names):
            if _is_passed_over(name):
                continue
            _check_name(str(inside / name), name)
            if stat.S_ISLNK(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                mend = "Put the file itself in its place."
                raise LabInvalid(str(inside / name), "", "This is a link; links are not followed.", mend)
        for name in names:
            if not _is_passed_over(name):
                yield str(inside / name), descriptor, name


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in PASSED_OVER


def _check_name(path: str, name: str) -> None:
    """Names have to mean the same on every system and in every message."""
    if "\\" in name or not name.isprintable():
        shown = path.encode("ascii", "backslashreplace").decode()
        problem = "The name has a backslash, a control character or bytes that are not UTF-8."
        raise LabInvalid(shown, "", problem, "Rename it.")


def _read_regular(folder_descriptor: int, name: str, path: str) -> bytes:
    """The bytes of one regular file; a link put there meanwhile is not followed, a pipe not waited for."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=folder_descriptor)
    except OSError as error:
        raise _unreadable(path, error) from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LabInvalid(path, "", "This is not a regular file.", "Remove it from the lab.")
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        problem = f"The file is larger than {MAX_FILE_BYTES >> 20} MiB."
        raise LabInvalid(path, "", problem, "Make it smaller; learners download it on slow links.")
    return content


def _unreadable(path: str, error: OSError) -> LabInvalid:
    problem = f"It cannot be read: {(error.strerror or 'unknown error').lower()}."
    return LabInvalid(path, "", problem, "Check that it exists and that you may read it.")
