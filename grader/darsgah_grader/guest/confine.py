"""What a learner's process may do: resource limits, no rights, its own random state; the filter comes last.

Order matters and is kept in one place, ``confine_runner``: descriptors, limits, user, no_new_privs, Landlock
where it stands in for a private root, and seccomp at the very end.
"""

import contextlib
import math
import os
import random
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from darsgah_grader.guest import landlock, linux, seccomp

_OOM_FIRST = "1000"
READABLE_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
    "/dev/urandom",
    "/dev/random",
)
"""What of the machine's own files every program needs."""

_READABLE_OF_PROCESS = (
    "cmdline",
    "comm",
    "fd",
    "limits",
    "maps",
    "smaps",
    "smaps_rollup",
    "stat",
    "statm",
    "status",
)
"""What the reduced level shows of /proc/self; ``net`` and ``mountinfo`` there, and below ``task``, are the
machine's."""
_WRITABLE_SYSTEM = ("/dev/null", "/dev/zero", "/dev/full")


@dataclass(frozen=True, slots=True)
class Confinement:
    """What the supervisor is told about a run's walls; sizes in bytes, times in seconds.

    Attributes:
        namespaces: the run has namespaces of its own; False is the reduced level.
        seccomp: the filter to install; empty lets ``confine_runner`` build the reduced level's.
        work: the work folder.
        user: the user number to become in the reduced level, when started as root; None keeps it.
        visible: files and folders that the reduced level may read.
        listed: folders of which the reduced level may know what is in them, and not read it.
        poll_memory: no cgroup holds the run, so the supervisor measures what its processes hold.
    """

    namespaces: bool
    seccomp: bytes
    work: str
    user: int | None
    visible: tuple[str, ...]
    listed: tuple[str, ...]
    poll_memory: bool
    memory_bytes: int
    work_bytes: int
    work_inodes: int
    file_bytes: int
    processes: int
    open_files: int
    total_seconds: float


def virtual_bytes() -> int:
    """The address space this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def limit(what: int, value: int) -> None:
    """Set a limit for good; where the hard limit is lower already, that one stays."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def set_limits(walls: Confinement) -> None:
    """The rlimits: a second fence behind the cgroup, and the only one where there is none."""
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, walls.file_bytes)
    limit(resource.RLIMIT_NOFILE, walls.open_files)
    limit(resource.RLIMIT_MEMLOCK, 0)
    limit(resource.RLIMIT_MSGQUEUE, 0)
    limit(resource.RLIMIT_NICE, 0)
    limit(resource.RLIMIT_RTPRIO, 0)
    limit(resource.RLIMIT_CPU, math.ceil(walls.total_seconds) * (os.cpu_count() or 1) + 1)
    limit(resource.RLIMIT_AS, virtual_bytes() + walls.memory_bytes)
    if walls.namespaces or walls.user is not None:
        # Counted per user number and user namespace. An ordinary user's reduced level cannot count its own
        # alone; there the filter allows threads only, and these are bounded by the address space.
        limit(resource.RLIMIT_NPROC, walls.processes)


def reseed(seed: int) -> None:
    """Give the run random state of its own, the same again when it starts over; ``seed`` has 63 bits."""
    random.seed(seed)
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)


def offer_to_oom_killer() -> None:
    """When memory runs out the kernel takes the largest of the runner and its kin, the supervisor last."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_FIRST)


def confine_supervisor() -> None:
    """Process 1 gives up every right once the mounts are made, and nobody beside it may look into it."""
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    linux.set_dumpable(False)


def confine_runner(walls: Confinement, seed: int) -> None:
    """Put up the walls around this process, which is about to run a learner's code."""
    set_limits(walls)
    reseed(seed)
    linux.set_dumpable(True)
    offer_to_oom_killer()
    if walls.namespaces:
        seccomp.install(walls.seccomp)
        return
    if walls.user is not None:
        os.setgroups([])
        os.setresgid(walls.user, walls.user, walls.user)
        os.setresuid(walls.user, walls.user, walls.user)
        linux.set_dumpable(True)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    linux.die_with_parent(signal.SIGKILL)
    own = [f"/proc/{os.getpid()}/{name}" for name in _READABLE_OF_PROCESS]
    landlock.restrict(
        (*READABLE_SYSTEM, *walls.visible, *own), (*_WRITABLE_SYSTEM, walls.work), listed=walls.listed
    )
    seccomp.install(seccomp.program(own_pid=os.getpid()))
