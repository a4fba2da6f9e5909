"""Control groups: the limit on memory and processes of a whole run, version 2 where it is delegated, else 1.

A run's group is made by the host before its first process has work, lives below the host's own group, and is
removed when the run is over. Without the right to make groups the supervisor polls memory and rlimits do the
rest; ``examine`` says so.
"""

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path

_CONTROLLERS = ("memory", "pids")
_PREFIX = "darsgah-"
_LEAF = "darsgah-host"
_OVERHEAD = 24 * 1024 * 1024
"""Kernel memory and the supervisor's own pages, which count towards the group but are not the learner's."""
_OVERHEAD_PROCESSES = 8
_LARGEST_CHARGE = 4 * 1024 * 1024
"""How far below its limit a group may be when it gets no more: a huge page or two are asked for at once."""
_PATIENCE = 3.0

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class CgroupReport:
    """``version`` is 2, 1 or 0 for none; ``folders`` where groups are made, by controller."""

    version: int
    usable: bool
    detail: str
    remedy: str
    folders: tuple[tuple[str, Path], ...] = ()


def _own_groups() -> dict[str, str]:
    """Controller (empty for version 2) to the path of this process's group."""
    groups = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path
    return groups


def _mount_points() -> dict[str, Path]:
    """Controller (empty for version 2) to where its hierarchy is mounted."""
    points: dict[str, Path] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        point = Path(before.split()[4])
        kind, _, options = after.split(" ", 2)
        if kind == "cgroup2":
            points.setdefault("", point)
        elif kind == "cgroup":
            for controller in _CONTROLLERS:
                if controller in options.split(","):
                    points.setdefault(controller, point)
    return points


def _folder(point: Path | None, path: str | None) -> Path | None:
    """Where the own group is; the mount may start at it (in a container) or above it."""
    if point is None or path is None:
        return None
    inside = point / path.lstrip("/")
    return inside if inside.is_dir() else point


def examine() -> CgroupReport:
    """Find out, changing nothing, which groups this user may make."""
    try:
        groups, points = _own_groups(), _mount_points()
    except OSError as error:
        return CgroupReport(0, usable=False, detail=str(error), remedy="")
    unified = _folder(points.get(""), groups.get(""))
    if unified and unified.name == _LEAF:
        unified = unified.parent  # this process, or another of the same service, has moved down already
    offered = _words(unified / "cgroup.controllers") if unified else set()
    if unified and offered.issuperset(_CONTROLLERS):
        if os.access(unified, os.W_OK) and os.access(unified / "cgroup.subtree_control", os.W_OK):
            return CgroupReport(2, True, f"version 2 at {unified}", "", (("", unified),))
        remedy = "systemd-run --user --scope -p Delegate=yes darsgah serve   (or Delegate=yes in its unit)"
        return CgroupReport(2, False, f"version 2, {unified} is not delegated to this user", remedy)
    folders = {name: _folder(points.get(name), groups.get(name)) for name in _CONTROLLERS}
    known = tuple((name, folder) for name, folder in folders.items() if folder is not None)
    if len(known) == len(_CONTROLLERS):
        if all(os.access(folder, os.W_OK) for _, folder in known):
            return CgroupReport(1, True, "version 1 (memory, pids)", "", known)
        return CgroupReport(
            1, False, "version 1, not writable for this user", "run as root, or boot with version 2"
        )
    return CgroupReport(
        0, False, "no memory and pids controllers", "boot with systemd.unified_cgroup_hierarchy=1"
    )


def _words(path: Path) -> set[str]:
    try:
        return set(path.read_text().split())
    except OSError:
        return set()


def prepare(report: CgroupReport) -> bool:
    """Make the host's own group ready to have groups below it; False when that fails.

    Version 2 wants no process in a group that hands out controllers, so the host's move one level down.
    Groups that a killed host left behind are removed.
    """
    if not report.usable:
        return False
    try:
        for _, folder in report.folders:
            _remove_abandoned(folder)
        if report.version == 2:
            folder = report.folders[0][1]
            control = folder / "cgroup.subtree_control"
            if not _words(control).issuperset(_CONTROLLERS):
                _move_down(folder)
                control.write_text("+memory +pids")
    except OSError:
        return False
    return True


def _move_down(folder: Path) -> None:
    if folder.name == "" or not (folder / "cgroup.type").exists():
        return  # the root group may have processes and children
    inner = folder / _LEAF
    inner.mkdir(exist_ok=True)
    for pid in (folder / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            (inner / "cgroup.procs").write_text(pid)


def _remove_abandoned(folder: Path) -> None:
    abandoned = []
    for group in folder.glob(f"{_PREFIX}*"):
        owner = group.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            _kill_members(group)
            abandoned.append(group)
    ending = time.monotonic() + _PATIENCE
    for group in abandoned:
        _remove(group, ending)


def _remove(group: Path, ending: float) -> None:
    """Remove a group as soon as its processes have ended; one that has some at that time stays."""
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > ending:
                break
            _kill_members(group)
            time.sleep(0.002)


def _kill_members(group: Path) -> None:
    with contextlib.suppress(OSError):
        (group / "cgroup.kill").write_text("1")
        return
    with contextlib.suppress(OSError):
        for pid in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), 9)


class RunGroup:
    """The group of one run, made on construction; OSError when it cannot be."""

    def __init__(self, report: CgroupReport) -> None:
        name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
        self._version = report.version
        self._folders = {controller: folder / name for controller, folder in report.folders}
        self._memory = self._folders["" if report.version == 2 else "memory"]
        self._pids = self._folders["" if report.version == 2 else "pids"]
        try:
            for folder in self._folders.values():
                folder.mkdir()
        except OSError:
            self.remove()
            raise

    def limit(self, memory_bytes: int, processes: int) -> bool:
        """Set the limits of the run that is to come; False when the kernel does not take them."""
        limit = str(memory_bytes + _OVERHEAD)
        try:
            if self._version == 2:
                (self._memory / "memory.max").write_text(limit)
                self._write_if_there("memory.swap.max", "0")
            else:
                (self._memory / "memory.limit_in_bytes").write_text(limit)
                self._write_if_there("memory.memsw.limit_in_bytes", limit)
            (self._pids / "pids.max").write_text(str(processes + _OVERHEAD_PROCESSES))
        except OSError:
            return False
        return True

    def _write_if_there(self, name: str, value: str) -> None:
        with contextlib.suppress(OSError):  # kernels without swap accounting lack the file
            (self._memory / name).write_text(value)

    def add(self, pid: int) -> None:
        """Put a process, which has started no other yet, into the group; one that has ended needs none."""
        with contextlib.suppress(ProcessLookupError):
            for folder in self._folders.values():
                (folder / "cgroup.procs").write_text(str(pid))

    def memory_kills(self) -> int:
        """How many processes of the group the kernel has ended because the group was at its own limit."""
        return self._kills() if self._at_limit() else 0

    def killed_for_the_machine(self) -> bool:
        """Whether it has ended some below the group's limit: the machine had no memory left for anybody."""
        return self._kills() > 0 and not self._at_limit()

    def _kills(self) -> int:
        return self._numbers("memory.events" if self._version == 2 else "memory.oom_control").get(
            "oom_kill", 0
        )

    def _at_limit(self) -> bool:
        if self._version == 2:
            return self._numbers("memory.events").get("oom", 0) > 0
        most = self._numbers("memory.max_usage_in_bytes").get("", 0)  # not every kernel counts failures
        return most > self._numbers("memory.limit_in_bytes").get("", 0) - _LARGEST_CHARGE

    def _numbers(self, name: str) -> dict[str, int]:
        """The numbers in a file of the memory group by their names; a lone one has none."""
        try:
            words = [line.split() for line in (self._memory / name).read_text().splitlines()]
            return {"".join(before): int(number) for *before, number in words}
        except (OSError, ValueError):
            return {}

    def kill(self) -> None:
        """End every process of the group."""
        for folder in self._folders.values():
            _kill_members(folder)

    def remove(self) -> None:
        """Remove the group; its processes have ended or are being ended."""
        for folder in self._folders.values():
            _remove(folder, time.monotonic() + _PATIENCE)
