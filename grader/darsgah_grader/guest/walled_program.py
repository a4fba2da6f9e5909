"""Becomes another program, behind walls: ``python -I -B -m`` this module, ``WALLS PROGRAM ARGUMENT ...``.

For programs that run code of people one does not know and are no Python of the sandbox's, such as Node with
the browser's Python. The walls are those of the reduced level, which need no rights and stay up when a
process becomes another program: Landlock shows the system's libraries and what is named and lets nothing be
written, the filter refuses sockets, other processes and signals to anyone else. It cannot refuse that the
process becomes another program, since it has yet to become this one; Landlock leaves it those that it may
read, with the same walls. Memory is bounded by what can be written of it: WebAssembly reserves addresses by
the gigabyte.

WALLS is JSON: ``readable``, files and folders, and ``memory_bytes``.
"""

import json
import os
import resource
import signal
import sys

from darsgah_grader.guest import landlock, linux, seccomp
from darsgah_grader.guest.confine import READABLE_SYSTEM, limit

_WRITTEN_BYTES = 1024 * 1024
_OPEN_FILES = 256


def become(walls: str, *command: str) -> None:
    """Become the command, which is named by its whole path; comes back only by an OSError."""
    given = json.loads(walls)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_DATA, given["memory_bytes"])
    limit(resource.RLIMIT_FSIZE, _WRITTEN_BYTES)
    limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    linux.die_with_parent(signal.SIGKILL)
    landlock.restrict((*READABLE_SYSTEM, *given["readable"]), ("/dev/null",))
    seccomp.install(seccomp.program(own_pid=os.getpid(), becoming=True))
    os.execve(command[0], command, {})  # noqa: S606 - the host says what, and no shell is wanted


if __name__ == "__main__":
    try:
        become(*sys.argv[1:])
    except OSError as trouble:
        sys.exit(f"{type(trouble).__name__}: no walls can be put up: {trouble}")
