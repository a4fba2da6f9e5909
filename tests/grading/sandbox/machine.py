"""What the tests look at on the host: processes, mounts and cgroups."""

import os
from pathlib import Path


def _parents() -> dict[int, int]:
    """Parent of every process; those that end meanwhile are left out."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return parents


def parent_of(pid: int) -> int | None:
    """The parent of a process; None when it has ended."""
    return _parents().get(pid)


def children_of(pid: int) -> list[int]:
    """The children of a process."""
    return [child for child, parent in _parents().items() if parent == pid]


def descendants(pid: int) -> set[int]:
    """Every process below ``pid``."""
    parents = _parents()
    found: set[int] = set()
    frontier = {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier} - found
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
