"""Files that cells write, brought over between the two sandboxes of a submission that is graded split.

Each side has a work folder and a /tmp of its own; what one side has written since the last message goes
along with the next. Regular files and folders only, and nothing that Python could import: a module that a
learner's code wrote must not be run where the tests are. A side that never opens a file for writing never
looks.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from darsgah_grader.guest import rootfs

MOST_FILES = 500
MOST_BYTES = 16 * 1024 * 1024
"""Of one message; what is beyond that is not brought over."""

_IMPORTABLE = (".py", ".pyc", ".pyd", ".so", ".pth", ".zip", ".egg", ".whl")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = frozenset(
    f"os.{name}"
    for name in (
        *("remove", "rename", "mkdir", "rmdir", "truncate", "link", "symlink"),
        *("system", "posix_spawn", "fork"),
    )
) | {"subprocess.Popen", "sqlite3.connect"}
_DEEPEST = 8

Entry = tuple[int, str, bytes | None]
"""Which root, the path below it, and the content; None for a folder."""
Removed = tuple[int, str]
_State = tuple[int, int, int]


class SharedFiles:
    """This side's part. ``roots`` are the folders that both sides have, in the same order.

    Attributes:
        told: the files of which this side has told the other.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = [(root, os.stat(root).st_dev) for root in roots if os.access(root, os.W_OK)]  # noqa: PTH116 -- the device is all it wants
        self._seen: dict[tuple[int, str], _State] = {}
        self.told: set[Removed] = set()
        self._changed = True
        sys.addaudithook(self._notice)

    def _notice(self, event: str, arguments: tuple[Any, ...]) -> None:
        """From the first write on, this side is looked at before every message: the file may stay open."""
        if event == "open":
            flags = arguments[2]
            if isinstance(flags, int) and flags & _WRITING:
                self._changed = True
        elif event in _CHANGING:
            self._changed = True

    def changes(self) -> tuple[list[Entry], list[Removed]]:
        """What was written and what was removed since the last call."""
        if not self._changed:
            return [], []
        found: dict[tuple[int, str], _State] = {}
        entries: list[Entry] = []
        room = MOST_BYTES
        for number in range(len(self._roots)):
            for path, state in self._below(number):
                key = (number, path)
                found[key] = state
                if self._seen.get(key) == state or len(entries) >= MOST_FILES:
                    continue
                content = self._content(number, path, state, room)
                if content is not None:
                    room -= len(content)
                    entries.append((number, path, content))
                    self.told.add(key)
                elif state[2] == 0:
                    entries.append((number, path, None))
        removed = [key for key in self._seen if key not in found]
        self._seen = found
        self._changed = bool(found)
        return entries, removed

    def _below(self, number: int) -> Iterator[tuple[str, _State]]:
        """Files and folders below a root, but for the lab's own, which are mounts; state 0 is a folder's."""
        root, device = self._roots[number]
        waiting = [("", 0)]
        count = 0
        while waiting:
            folder, depth = waiting.pop()
            with contextlib.suppress(OSError), os.scandir(Path(root, folder)) as entries:
                for entry in entries:
                    count += 1
                    if count > 2 * MOST_FILES:
                        return
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    status = entry.stat(follow_symlinks=False)
                    if status.st_dev != device:
                        continue
                    if stat.S_ISDIR(status.st_mode) and depth < _DEEPEST:
                        waiting.append((path, depth + 1))
                        yield path, (0, 0, 0)
                    elif stat.S_ISREG(status.st_mode) and not path.endswith(_IMPORTABLE):
                        yield path, (status.st_mtime_ns, status.st_size, status.st_ino)

    def _content(self, number: int, path: str, state: _State, room: int) -> bytes | None:
        if state[2] == 0 or state[1] > room:
            return None
        with contextlib.suppress(OSError):
            return Path(self._roots[number][0], path).read_bytes()[:room]
        return None

    def apply(self, entries: Sequence[Entry], removed: Sequence[Removed]) -> None:
        """Write and remove what the other side did; paths that lead out of the roots are ignored."""
        for number, path in removed[: 2 * MOST_FILES]:
            place = self._place(number, path)
            if place is not None:
                self._seen.pop((number, path), None)
                with contextlib.suppress(OSError):
                    place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
        for number, path, content in entries[:MOST_FILES]:
            place = self._place(number, path)
            if place is not None and (content is None or not path.endswith(_IMPORTABLE)):
                with contextlib.suppress(OSError):
                    self._write(place, content)
                    status = place.lstat()
                    state = (
                        (status.st_mtime_ns, status.st_size, status.st_ino)
                        if content is not None
                        else (0, 0, 0)
                    )
                    self._seen[number, path] = state

    def _place(self, number: object, path: object) -> Path | None:
        if type(number) is not int or not 0 <= number < len(self._roots) or type(path) is not str:
            return None
        parts = path.split("/")
        if len(parts) > _DEEPEST + 1 or any(part in {"", ".", ".."} or "\0" in part for part in parts):
            return None
        folder = Path(self._roots[number][0])
        for part in parts[:-1]:
            folder = folder / part
            if folder.is_symlink():
                return None
        return folder / parts[-1]

    @staticmethod
    def _write(place: Path, content: bytes | None) -> None:
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(place, flags, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


def roots(work: str) -> list[str]:
    """The folders that a run may write to: the work folder, and ``/tmp`` where that is the run's own."""
    return [work, "/tmp"] if work == rootfs.HOME else [work]  # noqa: S108 -- the sandbox's own
