"""Run pytest as another user who can read this Python: ``python -m ... USER STAGING ARGUMENTS``.

An interpreter below ``/root`` is closed to others. No permission is changed for that: in a mount namespace of
its own this process covers the closed folders and shows in them only what the tests need.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from darsgah_grader.guest import linux

_ROOT = Path(__file__).parents[3]


def closed_folders(paths: Iterable[str]) -> set[Path]:
    """The outermost folder on the way to each path that others may not pass."""
    closed = set()
    for path in paths:
        way = [*reversed(Path(os.path.realpath(path)).parents)]
        shut = next((folder for folder in way if not folder.stat().st_mode & 0o001), None)
        if shut is not None:
            closed.add(shut)
    return closed


def open_up(paths: list[str], staging: Path) -> None:
    """Make ``paths`` reachable for everybody, for this process and its children alone."""
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    for folder in closed_folders(paths):
        inside = [Path(path) for path in paths if Path(path).is_relative_to(folder)]
        for number, path in enumerate(inside):
            (staging / str(number)).mkdir(parents=True)
            linux.mount(str(path), str(staging / str(number)), flags=linux.MS_BIND | linux.MS_REC)
        linux.mount("cover", str(folder), "tmpfs", data="mode=755")
        for number, path in enumerate(inside):
            path.mkdir(parents=True, exist_ok=True)
            linux.mount(str(staging / str(number)), str(path), flags=linux.MS_BIND | linux.MS_REC)


def pytest_as(user: int, *arguments: str) -> str:
    """What pytest says as that user, in a process of its own; AssertionError when a test fails."""
    with tempfile.TemporaryDirectory(prefix="as-user-") as place:
        Path(place).chmod(0o755)
        base, staging = Path(place, "base"), Path(place, "staging")
        for folder in (base, staging):
            folder.mkdir()
            os.chown(folder, user, user)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.grading.sandbox.as_user", str(user), str(staging)),
                *(f"--basetemp={base}/tests", *arguments),
            ],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return done.stdout


def main() -> None:
    """Become the user and pytest."""
    user, staging, *arguments = sys.argv[1:]
    needed = {os.path.realpath(path) for path in (sys.base_prefix, sys.prefix, _ROOT)}
    open_up(sorted(needed), Path(staging))
    os.chdir(_ROOT)
    if int(user):
        os.setgroups([])
        os.setresgid(int(user), int(user), int(user))
        os.setresuid(int(user), int(user), int(user))
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "-q",
        *arguments,
    ]
    os.execve(sys.executable, command, {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"})  # noqa: S606, S108 -- pytest, with a home that is there


if __name__ == "__main__":
    main()
