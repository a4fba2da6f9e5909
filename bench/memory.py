"""Private memory of the processes that run learners' code, watched from outside while they run."""

import contextlib
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_PAUSE = 0.002


def children(pid: int) -> list[int]:
    """The children of a process, all its threads' together; none once it has ended."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """Every process below ``pid``."""
    below = children(pid)
    return below + [further for child in below for further in descendants(child)]


def kilobytes(pid: int, name: str = "Private_Dirty") -> int:
    """A line of a process's ``smaps_rollup`` in KiB; 0 when it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


class PrivateMemory:
    """Watches, in a thread, every process that is forked from a warm process of this one.

    A page is private when the process has written it: what a run costs on top of its warm process. ``peaks``
    has the most that each of them was seen to hold, in KiB.
    """

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_PAUSE):
            for warm in children(os.getpid()):
                for pid in descendants(warm):
                    self.peaks[pid] = max(self.peaks.get(pid, 0), kilobytes(pid))
