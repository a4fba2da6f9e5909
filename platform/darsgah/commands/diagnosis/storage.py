"""Where state is kept: the home folder and the notebooks, whether they can be written, and the room left."""

import asyncio
import contextlib
import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from darsgah.blobs.store import BlobMissing, blobs_folder, open_blobs
from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah.errors import DarsgahError, SettingsInvalid
from darsgah.settings import Settings

LEAST_BYTES = 256 << 20
"""A new database takes 150 MB, and a graded class a few."""
LITTLE_BYTES = 2 << 30
FEW_INODES = 20_000
_NOTHING = "0" * 64
_PATIENCE = 8.0
_NO_UNNAMED_FILES = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """A folder, or the nearest one above it where it is yet to be made.

    Attributes:
        folder: the one that is wanted.
        exists: it has been made.
        fault: why nothing can be written there; empty when a trial was written, and left no trace.
        free_bytes, free_inodes: room for this user; -1 where the file system does not count.
        sync_ms: how long a small write took to reach the disk; None where that cannot be tried unseen.
    """

    folder: Path
    exists: bool
    fault: str
    free_bytes: int
    free_inodes: int
    sync_ms: float | None


@dataclass(frozen=True, slots=True)
class StorageFacts:
    """The home folder, and the notebooks: in a folder, or at an address with why it does not answer."""

    home: FolderFacts
    blobs: FolderFacts | None
    blobs_fault: str


def look(settings: Settings) -> StorageFacts:
    """Examine both; a store at an address is asked for a file that nobody has."""
    folder = blobs_folder(settings)
    fault = "" if folder else _remote_fault(settings)
    home = examine_folder(settings.home.expanduser().absolute())
    return StorageFacts(home, examine_folder(folder) if folder else None, fault)


def _remote_fault(settings: Settings) -> str:
    async def ask() -> None:
        with contextlib.suppress(BlobMissing):
            await asyncio.wait_for(open_blobs(settings).get(_NOTHING), _PATIENCE)

    try:
        asyncio.run(ask())
    except TimeoutError:
        return f"no answer within {_PATIENCE:.0f} seconds"
    except SettingsInvalid as error:
        return error.message
    except DarsgahError as error:
        cause = str(error.__cause__ or error.message).strip().splitlines()
        return cause[0] if cause else error.message
    return ""


def examine_folder(folder: Path) -> FolderFacts:
    """Try to write there with a file that has no name, and see what room there is."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    fault, sync_ms = _write_trial(place)
    try:
        room = os.statvfs(place)
    except OSError as error:
        return FolderFacts(folder, folder.exists(), fault or str(error.strerror), -1, -1, sync_ms)
    inodes = room.f_favail if room.f_files else -1
    return FolderFacts(folder, folder.exists(), fault, room.f_bavail * room.f_frsize, inodes, sync_ms)


def _write_trial(place: Path) -> tuple[str, float | None]:
    if not place.is_dir():
        return f"{place} is no folder", None
    if not os.access(place, os.W_OK | os.X_OK):
        return f"{place} cannot be written by this user", None
    try:
        file = os.open(place, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        if error.errno in _NO_UNNAMED_FILES:
            return "", None
        return f"{place}: {error.strerror}", None
    try:
        os.write(file, bytes(4096))
        began = time.monotonic()
        os.fsync(file)
        return "", (time.monotonic() - began) * 1000
    except OSError as error:
        return f"{place}: {error.strerror}", None
    finally:
        os.close(file)


def findings(facts: StorageFacts) -> Iterator[Finding]:
    """What the facts mean."""
    keeps = "Database, notebooks and keys are kept here: this is what to back up."
    yield _folder(Check.HOME, facts.home, "DARSGAH_HOME=/srv/darsgah", keeps)
    if facts.blobs is not None:
        keeps = "What learners hand in is kept here, each file under its own hash."
        yield _folder(Check.BLOBS, facts.blobs, "DARSGAH_BLOBS_URL=file:///srv/darsgah-blobs", keeps)
    elif facts.blobs_fault:
        yield Finding(
            Check.BLOBS,
            State.MISSING,
            facts.blobs_fault,
            "Without the store nothing can be handed in or graded.",
            ("export DARSGAH_BLOBS_URL=s3://bucket/prefix  # with AWS_ACCESS_KEY_ID and the like",),
        )
    else:
        yield Finding(
            Check.BLOBS,
            State.OK,
            "the store of DARSGAH_BLOBS_URL answers",
            "It can be read; that it can be written shows with the first submission.",
        )


def _folder(check: Check, facts: FolderFacts, setting: str, keeps: str) -> Finding:
    values: dict[str, Value] = {
        "folder": str(facts.folder),
        "exists": facts.exists,
        "free_bytes": facts.free_bytes,
        "free_inodes": facts.free_inodes,
        "sync_ms": None if facts.sync_ms is None else round(facts.sync_ms, 2),
    }
    if facts.fault:
        return Finding(
            check,
            State.MISSING,
            facts.fault,
            "Nothing could be kept: Darsgah does not start.",
            (
                f"sudo install -d -o $(id -u) -g $(id -g) {facts.folder}",
                f"export {setting}  # any folder of yours",
            ),
            values=values,
        )
    room = f"{in_bytes(facts.free_bytes)} free"
    if 0 <= facts.free_inodes < FEW_INODES:
        room += f", room for {facts.free_inodes} files"
    sync = "" if facts.sync_ms is None else f", a safe write takes {facts.sync_ms:.1f} ms"
    found = f"{facts.folder}{'' if facts.exists else ' (made at the first start)'}: {room}{sync}"
    if facts.free_bytes < LEAST_BYTES or facts.free_inodes == 0:
        state, meaning = (
            State.MISSING,
            "Too little room to work: submissions are refused when the disk is full.",
        )
    elif facts.free_bytes < LITTLE_BYTES or 0 < facts.free_inodes < FEW_INODES:
        state, meaning = (
            State.LIMITED,
            "A class may fill it: then submissions are refused until there is room.",
        )
    else:
        return Finding(check, State.OK, found, keeps, values=values)
    place = facts.folder if facts.exists else facts.folder.parent
    mend = (f"du -xh --max-depth=2 {place} | sort -h | tail", f"export {setting}  # on a larger disk")
    return Finding(check, state, found, meaning, mend, values=values)
