"""What the tests look at on the host: processes, mounts and cgroups."""

import os
from collections.abc import Mapping
from pathlib import Path


def parents() -> dict[int, int]:
    """Parent of every process; those that end meanwhile are left out."""
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 -- names are all it wants
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 -- hundreds, many times
                    found[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue
    return found


def parent_of(pid: int) -> int | None:
    """The parent of a process; None when it has ended."""
    return parents().get(pid)


def children_of(pid: int) -> list[int]:
    """The children of a process."""
    return [child for child, parent in parents().items() if parent == pid]


def descendants(pid: int, among: Mapping[int, int] | None = None) -> set[int]:
    """Every process below ``pid``; ``among`` are the parents of all as they were looked at before."""
    table = parents() if among is None else among
    found: set[int] = set()
    frontier = {pid}
    while frontier:
        frontier = {child for child, parent in table.items() if parent in frontier} - found
        found |= frontier
    return found


def mounts() -> int:
    """How many mounts this process sees."""
    return len(Path("/proc/self/mountinfo").read_text().splitlines())


def groups(owner: int) -> set[Path]:
    """The cgroups that a host process made for its runs."""
    found: set[Path] = set()
    for folder, names, _ in os.walk("/sys/fs/cgroup"):  # which forgives a group that goes meanwhile
        found |= {Path(folder, name) for name in names if name.startswith(f"darsgah-{owner}-")}
    return found


def user_of(pid: int) -> int | None:
    """The user a process runs as, seen from here; None when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("Uid:"))
