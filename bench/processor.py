"""Processor time of this process and all that it starts, which other work on the machine disturbs little.

Counted by a control group of version 1 (cpuacct), as only a group counts processes that nobody waits for;
where there is none, or this user may not make one, there is no figure. What the kernel does on its own
account afterwards, such as taking namespaces apart, is in no group of anybody's.
"""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self


def _cpuacct() -> Path | None:
    """The folder of this process's own group in the hierarchy that counts processor time."""
    points = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    mounted = [point[1] for point in points if point[2] == "cgroup" and "cpuacct" in point[3].split(",")]
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if mounted and "cpuacct" in controllers.split(","):
            return Path(mounted[0]) / path.lstrip("/")
    return None


class Processor:
    """While it is open this process is in a group of its own; children join it by themselves."""

    def __init__(self) -> None:
        self._parent = _cpuacct()
        self._group: Path | None = None

    def __enter__(self) -> Self:
        if self._parent is not None:
            group = self._parent / f"bench-{os.getpid()}"
            with contextlib.suppress(OSError):
                group.mkdir()
                (group / "cgroup.procs").write_text(str(os.getpid()))
                self._group = group
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._group is None or self._parent is None:
            return
        (self._parent / "cgroup.procs").write_text(str(os.getpid()))
        ending = time.monotonic() + 10
        while self._group.exists() and time.monotonic() < ending:
            try:
                self._group.rmdir()
            except OSError:
                time.sleep(0.05)

    def milliseconds(self) -> float | None:
        """So far, on all cores together; None where it is not counted."""
        if self._group is None:
            return None
        return int((self._group / "cpuacct.usage").read_text()) / 1e6


def between(before: float | None, after: float | None, submissions: int) -> float | None:
    """Milliseconds a submission."""
    return None if before is None or after is None else (after - before) / submissions
