"""Faults of the machine that grades: memory that is lacking, a full /tmp, a clock that jumps, missing rights.

Each runs a host of its own in a process of its own, because what is taken from it is taken for good.
"""

import ast
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import darsgah_grader
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.cgroups import examine
from darsgah_grader.types import Assignment, Environment, Master
from tests.grading.notebooks import answer, check, notebook

_PACKAGE = Path(darsgah_grader.__file__).parent
_ROOT = Path(__file__).parents[2]
_LAB = Assignment(
    (Master("nb", notebook(answer("f", "def f(): return 1"), check("t", "assert f() == 1", 2))),),
    Environment("python"),
)
_needs_tmp_free = pytest.mark.skipif(
    any(Path(path).resolve().is_relative_to("/tmp") for path in (sys.prefix, __file__)),  # noqa: S108 -- as it says
    reason="this installation lies below /tmp, which the test fills",
)
_needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts, control groups and namespaces of its own")


def host(body: str, *arguments: str) -> list[str]:
    """What a process prints that runs ``body`` with a lab, a grader's classes and ``linux`` at hand."""
    before = """
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from darsgah_grader.grading import Grader
from darsgah_grader.guest import linux
from darsgah_grader.types import Assignment, Environment, Limits, Master
from darsgah_grader.types import EnvironmentBroken, SandboxUnavailable
from tests.grading.leftovers import warm_processes
from tests.grading.notebooks import answer, check, notebook
from tests.grading.test_machine_faults import _LAB
RIGHT = {"nb": _LAB.masters[0].content}
"""
    done = subprocess.run(
        [sys.executable, "-c", before + body, *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.splitlines()


_SHORT_OF_MEMORY = """
group, limit = Path(sys.argv[1]), sys.argv[2]
(group / limit).write_text(str(210 * 1024 * 1024))
(group / "cgroup.procs").write_text(str(os.getpid()))
holding = "import time\\nheld = b'x' * 110_000_000\\ntime.sleep(0.7)"
lab = Assignment(
    (Master("nb", notebook(answer("f", holding), check("t", "assert len(held) == 110_000_000", 2))),),
    Environment("python"),
    Limits(memory_bytes=200 * 1024 * 1024, total_seconds=60),
)
with Grader() as grader, ThreadPoolExecutor(2) as pool:
    grader.grade(_LAB, RIGHT)
    def graded(_):
        for _ in range(10):  # as the queue would
            try:
                return grader.grade(lab, {"nb": lab.masters[0].content})
            except EnvironmentBroken as error:
                assert "memory" in str(error)
    for grade in pool.map(graded, range(3)):
        print(grade.score, *(cell.verdict for cell in grade.cells))
"""


@pytest.fixture
def short_group() -> Iterator[tuple[Path, str]]:
    """A memory group of this test's own, below this process's, and the name of its limit."""
    report = examine()
    if not report.usable:
        pytest.skip(f"no control groups: {report.detail}")
    folder = next(folder for controller, folder in report.folders if controller in {"", "memory"})
    group = folder / f"short-{os.getpid()}"
    group.mkdir()
    yield group, "memory.max" if report.version == 2 else "memory.limit_in_bytes"
    ending = time.monotonic() + 10
    while group.exists() and time.monotonic() < ending:
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)


@_needs_root
def test_memory_that_the_machine_lacks_is_nobodys_score(short_group: tuple[Path, str]) -> None:
    group, limit = short_group
    assert host(_SHORT_OF_MEMORY, str(group), limit) == ["2.0 passed"] * 3


_FILL = """
linux.unshare(linux.CLONE_NEWNS)
linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    linux.mount("small", folder, "tmpfs", data="size=256k,nr_inodes=12")
def fill(folder):
    for number in range(12):
        try:
            with open(f"{folder}/{number}", "wb", buffering=0) as file:
                while file.write(bytes(65536)):
                    pass
        except OSError:
            continue
"""
_FULL = """
with Grader() as grader:
    print(grader.grade(_LAB, RIGHT).score)
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        fill(folder)
    print(grader.grade(_LAB, RIGHT).score)
    for pid in warm_processes():
        os.kill(pid, signal.SIGKILL)
    print(grader.grade(_LAB, RIGHT).score)
with Grader() as grader:
    print(grader.grade(_LAB, RIGHT).score)
"""


@_needs_root
@_needs_tmp_free
def test_a_full_temporary_folder_changes_nothing() -> None:
    assert host(_FILL + _FULL) == ["2.0"] * 4


_TAKE_NAMESPACES = """
linux.unshare(linux.CLONE_NEWUSER)
for name, text in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
    Path("/proc/self", name).write_text(text)
Path("/proc/sys/user/max_user_namespaces").write_text("0")
"""
_WITHOUT_NAMESPACES = """
def graded():
    with Grader() as grader:
        grade = grader.grade(_LAB, RIGHT)
        print(grade.score, grade.sandbox)
graded()
landlock_create_ruleset = 444
deny(landlock_create_ruleset)
try:
    graded()
except SandboxUnavailable as refused:
    print("refused:", refused)
"""
_DENY = """
import ctypes, struct
def deny(number):
    "Answer a system call with ENOSYS, as a kernel without it does, here and in every child."
    code = ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000))
    packed = b"".join(struct.pack("HBBI", *line) for line in code)
    block = ctypes.create_string_buffer(packed)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code), ctypes.addressof(block)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, program, 0, 0) == 0, ctypes.get_errno()
"""


@_needs_root
def test_without_user_namespaces_the_grade_says_reduced_and_without_landlock_nothing_runs() -> None:
    graded, refused = host(_TAKE_NAMESPACES + _DENY + _WITHOUT_NAMESPACES)
    assert graded == "2.0 reduced"
    assert refused.startswith("refused: no untrusted code is run on this machine")
    assert "Landlock" in refused


_NO_WORK_FOLDER = """
with Grader() as grader:
    print(grader.grade(_LAB, RIGHT).score)
    fill("/tmp")
    try:
        grader.grade(_LAB, RIGHT)
    except EnvironmentBroken as error:
        print(error)
"""


@_needs_root
@_needs_tmp_free
def test_the_reduced_level_says_that_the_temporary_folder_is_full() -> None:
    graded, refused = host(_FILL + _TAKE_NAMESPACES + _NO_WORK_FOLDER)
    assert graded == "2.0"
    assert refused.startswith("a run's work folder cannot be made in /tmp: No space left")


_WITHOUT_GROUPS = """
from darsgah_grader.sandbox import cgroups, zygote
linux.unshare(linux.CLONE_NEWNS)
linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
linux.mount("none", "/sys/fs/cgroup", "tmpfs", data="mode=555")
grabbing = Assignment(
    (Master("nb", notebook(
        answer("f", "def f(): return 1"),
        check("t", "held = []\\nfor _ in range(30):\\n    held.append(bytearray(b'x') * 10_000_000)", 2),
        check("u", "assert f() == 1", 1),
    )),),
    Environment("python"),
    Limits(memory_bytes=128 * 1024 * 1024, total_seconds=60),
)
assert not cgroups.examine().usable
with Grader() as grader:
    print(grader.grade(_LAB, RIGHT).score)
    print(*(cell.verdict for cell in grader.grade(grabbing, {"nb": grabbing.masters[0].content}).cells))
"""


@_needs_root
def test_without_control_groups_memory_is_limited_all_the_same() -> None:
    assert host(_WITHOUT_GROUPS) == ["2.0", "memory passed"]


def test_a_clock_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's own view of the date jumps by days, forwards and back, at every look."""
    real, jumps = time.time, itertools.cycle([0.0, 86400.0, -864000.0])
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    monkeypatch.setattr(time, "time_ns", lambda: int((real() + next(jumps)) * 1e9))
    with Grader() as grader:
        grades = [grader.grade(_LAB, {"nb": _LAB.masters[0].content}) for _ in range(3)]
    assert [grade.score for grade in grades] == [2.0] * 3
    assert all(0 < grade.seconds < timedelta(minutes=1).total_seconds() for grade in grades)


def test_nothing_in_the_grader_asks_for_the_date() -> None:
    """Limits are kept by clocks that no one can set; the sandbox's side cannot be patched as above."""
    asked = [
        f"{path.relative_to(_PACKAGE)}:{node.lineno}"
        for path in sorted(_PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (ast.unparse(node) in {"time.time", "time.time_ns"} or node.attr in {"now", "utcnow", "today"})
    ]
    assert asked == []
