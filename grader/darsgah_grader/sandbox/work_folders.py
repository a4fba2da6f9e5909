"""The work folder of a run in the reduced level, where a run cannot mount one of its own.

A lab's data files lie in it. As root they are root's own, in folders that are root's with the sticky bit, in
which the run's user may make files and cannot move or remove what is not his: so they cannot be changed. An
ordinary user's run is that same user, whom nothing keeps from them; there a change is found afterwards: each
file is as it was laid there if it is the same file (inode) with the same time of its last change (ctime),
which no program can set.
"""

import contextlib
import logging
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_logger = logging.getLogger(__name__)

PREFIX: Final = "darsgah-run-"
FIRST_USER: Final = 1_999_900_001
"""As root the reduced level runs each run as a user of its own, from this number on."""

_MOST_USERS = 10_000
_STICKY = 0o1770
_OWN = 0o700
_Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """One that has been made; ``marks`` say what its data files were like."""

    path: str
    marks: Mapping[str, _Mark]

    def changed(self) -> list[str]:
        """The data files that are not any more what was laid there."""
        return sorted(name for name, mark in self.marks.items() if _mark(Path(self.path, name)) != mark)


def _mark(path: Path) -> _Mark | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_ctime_ns


def make(prefix: str, files: Mapping[str, bytes], user: int | None) -> WorkFolder:
    """A work folder below the machine's temporary one, for the run's user where that is another."""
    work = Path(tempfile.mkdtemp(prefix=prefix))
    inside = sorted({parent for name in files for parent in Path(name).parents})
    for folder in [work / name for name in inside] or [work]:
        folder.mkdir(exist_ok=True)
        folder.chmod(_OWN if user is None else _STICKY)
        if user is not None:
            os.chown(folder, os.geteuid(), user)
            folder.chmod(_STICKY)  # a change of owner may clear it
    for name, content in files.items():
        (work / name).write_bytes(content)
        (work / name).chmod(0o444)
    return WorkFolder(str(work), {name: mark for name in files if (mark := _mark(work / name))})


def remove_abandoned() -> None:
    """Remove work folders of the reduced level whose host was killed.

    The machine's temporary folder is everybody's: what another user put there under such a name is left.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        with contextlib.suppress(OSError):
            if owner.isdigit() and not Path("/proc", owner).exists() and _is_ours(folder.lstat()):
                remove(str(folder))


def _is_ours(status: os.stat_result) -> bool:
    """Whether this is a folder, no link to one, of this user or of the users that root makes for runs."""
    ours = status.st_uid == os.geteuid()
    given = os.geteuid() == 0 and FIRST_USER <= status.st_uid < FIRST_USER + _MOST_USERS
    return stat.S_ISDIR(status.st_mode) and (ours or given)


def remove(path: str) -> None:
    """Remove a work folder, whatever the learner did to its permissions; links are not followed.

    Nothing outside it is touched. The system's own programs take over where Python gives up: they open
    folders that were locked, and go as deep as anybody can nest them.
    """
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(path)
        return
    for command in (("chmod", "-R", "u+rwx"), ("rm", "-rf")):
        subprocess.run([*command, "--", path], check=False, capture_output=True)  # noqa: S603 -- fixed programs, a folder of ours
    if Path(path).exists():
        _logger.error("a work folder could not be removed: %s", path)
