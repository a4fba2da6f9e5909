"""Says in JSON what this kernel lets this user do for a sandbox, by trying it.

Run by the host as ``python -I -B -m darsgah_grader.guest.probe``; every trial is a process of its own.
"""

import json
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

from darsgah_grader.guest import landlock, linux, seccomp


def _attempt(trial: Callable[[], None]) -> str:
    """Run a trial in a fork; what stood in the way, or nothing."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            trial()
        except OSError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read().decode()
    _, status = os.waitpid(pid, 0)
    return said or (f"ended with status {status}" if status else "")


def _with_user_namespace(flag: int) -> Callable[[], None]:
    return lambda: linux.unshare(linux.CLONE_NEWUSER | flag)


def _everything() -> None:
    """What a warm process and a run do, in short: a root of one's own, and a clone in six namespaces."""
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {user} 1"), ("gid_map", f"1000 {group} 1")):
        with open(f"/proc/self/{name}", "w") as target:  # noqa: PTH123 -- one unbuffered write, no pathlib import
            target.write(text)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("root", "/sys", "tmpfs", linux.MS_NOSUID)
    linux.set_mount_attributes("/sys", linux.MOUNT_ATTR_RDONLY)
    flags = 0
    for flag in linux.NAMESPACES.values():
        flags |= flag
    pid, _ = linux.clone(flags)
    if pid == 0:
        try:
            linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise OSError("a private /proc cannot be mounted: parts of this machine's /proc are covered")


def _filter() -> None:
    linux.forbid_new_privileges()
    seccomp.install(seccomp.program())


def report() -> dict[str, Any]:
    """All trials; an empty string means that it worked."""
    return {
        "machine": platform.machine(),
        "kernel": platform.release(),
        "known": linux.ARCHITECTURE is not None,
        "namespaces": {name: _attempt(_with_user_namespace(flag)) for name, flag in linux.NAMESPACES.items()},
        "everything": _attempt(_everything),
        "no_new_privs": _attempt(linux.forbid_new_privileges),
        "seccomp": _attempt(_filter),
        "landlock": landlock.abi(),
    }


if __name__ == "__main__":
    json.dump(report(), sys.stdout)
