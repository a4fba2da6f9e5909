"""What a graded submission may leave on the machine: nothing.

    with Watch(folder).nothing_left():
        grader.grade(...)

A `Watch` compares the machine before and after: processes below this one, mounts (this process's and those of
the warm processes), control groups, files where learners might leave them, System V objects. What ends a
moment later is waited for. A warm process may keep a few forks that wait for a run: they have no children.
What can only grow little by little is measured over many cases: ``Watch.weight``.

Other programs use the machine at the same time, so what is not below this process counts only when it carries
the users of learners or the names that the cases give to all they make (``PLANTED``).
"""

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from darsgah_grader.sandbox.cgroups import examine
from tests.grading.sandbox.machine import descendants, parents

PLANTED = "planted"
"""Part of the name of every file, queue and folder that a case makes."""

_LEARNERS = range(1_999_900_000, 2_000_000_000)
_WAITING = 10
"""Forks that one warm process may keep: two in which nothing has run, eight for the tests of labs."""
_OF_A_FORK = 2
"""Descriptors by which a host holds such a fork: its socket and its process."""
_PATIENCE = 10.0
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/", "/etc", "/home", "/root")  # noqa: S108 -- where learners might leave things


def _fields(pid: int) -> dict[str, str]:
    """The lines of a process's status; nothing when it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def _is_warm(pid: int) -> bool:
    """Whether this is a warm process or a fork of one."""
    try:
        program = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"darsgah_grader.guest.zygote" in program


def warm_processes(among: Mapping[int, int] | None = None) -> set[int]:
    """The warm processes that this process has started; ``among`` as for `descendants`."""
    table = parents() if among is None else among
    return {pid for pid in _children(os.getpid(), table) if _is_warm(pid)}


def _children(pid: int, among: Mapping[int, int]) -> list[int]:
    return [child for child, parent in among.items() if parent == pid]


def private_memory(pid: int) -> int:
    """Bytes of a process that no file stands behind."""
    return int(_fields(pid).get("RssAnon", "0 kB").split()[0]) * 1024


def _mounts(pid: int) -> frozenset[str]:
    try:
        lines = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.split(" ", 1)[1] for line in lines)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        yield from found


def _is_learners(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        return PLANTED in entry.name or entry.stat(follow_symlinks=False).st_uid in _LEARNERS
    return False


def _ipc() -> frozenset[str]:
    """System V objects of learners: their users as root, this user otherwise."""
    users = _LEARNERS if os.geteuid() == 0 else (os.geteuid(),)
    found = set()
    for kind, column in (("shm", 7), ("sem", 4), ("msg", 7)):
        with contextlib.suppress(OSError):
            for line in Path("/proc/sysvipc", kind).read_text().splitlines()[1:]:
                words = line.split()
                if int(words[column]) in users:
                    found.add(f"{kind} {words[0]} {words[1]}")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _State:
    """What is looked at, by its name in a report."""

    processes: frozenset[str]
    mounts: frozenset[str]
    groups: frozenset[str]
    files: frozenset[str]
    ipc: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """What may not grow with the number of submissions: descriptors, threads, bytes of each warm process.

    Descriptors that hold waiting forks are not counted: how many there are depends on the labs graded last.
    """

    descriptors: int
    threads: int
    warm: dict[int, int]


class Watch:
    """``folder`` is the private temporary folder of the graders that are watched: all in it counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        package = Path(os.__file__).parent
        places = (*_SHARED, tempfile.gettempdir(), Path.cwd(), Path.home(), sys.prefix, package)
        self._group_folders = [folder for _, folder in examine().folders]
        self._places = sorted({Path(place).resolve() for place in places} | {package / "__pycache__"})

    @contextlib.contextmanager
    def nothing_left(self) -> Iterator[None]:
        """Raise AssertionError with what is there afterwards and was not before."""
        warm = warm_processes()
        before = self._state(warm)
        yield
        ending = time.monotonic() + _PATIENCE
        while (left := self._left(before, warm)) and time.monotonic() < ending:
            time.sleep(0.01)
        assert not left, left

    def _state(self, known: set[int]) -> _State:
        """The machine now; of warm processes only the mounts of ``known`` ones count."""
        there = parents()
        warm = warm_processes(there)
        expected = warm | self._waiting(warm, there)
        mounts = {f"{pid} {line}" for pid in (os.getpid(), *(known & warm)) for line in _mounts(pid)}
        return _State(
            processes=frozenset(
                f"{pid} {_fields(pid).get('Name')} {_fields(pid).get('State')}"
                for pid in descendants(os.getpid(), there) - expected
            ),
            mounts=frozenset(mounts),
            groups=self._groups(expected - warm),
            files=self._files(),
            ipc=_ipc(),
        )

    @staticmethod
    def weight() -> Weight:
        """Measure now."""
        there = parents()
        warm = warm_processes(there)
        forks = [fork for pid in warm for fork in _children(pid, there)]
        return Weight(
            descriptors=len(os.listdir("/proc/self/fd")) - _OF_A_FORK * len(forks),  # noqa: PTH208 -- names are all it wants
            threads=threading.active_count(),
            warm={pid: private_memory(pid) for pid in warm},
        )

    def _left(self, before: _State, known: set[int]) -> list[str]:
        """What is there now and was not then, in words."""
        now = self._state(known)
        return [
            f"{name}: {thing}"
            for name in _State.__dataclass_fields__
            for thing in sorted(getattr(now, name) - getattr(before, name))
        ]

    @staticmethod
    def _waiting(warm: set[int], among: Mapping[int, int]) -> set[int]:
        """The forks of warm processes that wait for a run: without children, and few."""
        having = set(among.values())
        found: set[int] = set()
        for pid in warm:
            found.update(sorted(set(_children(pid, among)) - having)[-_WAITING:])
        return found

    def _made_groups(self) -> Iterator[Path]:
        for folder in self._group_folders:
            with contextlib.suppress(OSError):
                yield from folder.glob(f"darsgah-{os.getpid()}-*")

    def _groups(self, waiting: set[int]) -> frozenset[str]:
        """Groups of runs that are over: a waiting fork is a member of its own."""
        found = set()
        for group in self._made_groups():
            with contextlib.suppress(OSError):
                members = {int(pid) for pid in (group / "cgroup.procs").read_text().split()}
                if not members & waiting or members - waiting:
                    found.add(str(group))
        return frozenset(found)

    def _files(self) -> frozenset[str]:
        own = {str(path) for path in self._folder.rglob("*")}
        others = {entry.path for place in self._places for entry in _entries(place) if _is_learners(entry)}
        return frozenset(own | others)
