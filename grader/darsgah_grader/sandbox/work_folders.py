"""The work folder of a run in the reduced level, where a run cannot mount one of its own.

A lab's data files lie in it. As root they are root's own, in folders that are root's with the sticky bit, in
which the run's user may make files and cannot move or remove what is not his: so they cannot be changed. An
ordinary user's run is that same user, whom nothing keeps from them; there a change is found afterwards: each
file is as it was laid there if it is the same file (inode) with the same time of its last change (ctime),
which no program can set.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
