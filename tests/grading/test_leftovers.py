"""The look at the machine finds whatever is left: one of each kind, left on purpose."""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from darsgah_grader.sandbox.cgroups import examine
from darsgah_grader.sandbox.types import CellSource, Job, Run
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment
from tests.grading import leftovers
from tests.grading.leftovers import PLANTED, Watch
from tests.grading.sandbox.machine import descendants

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make one")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left on purpose is not waited for."""
    monkeypatch.setattr(leftovers, "_PATIENCE", 0.3)


def _process(cleaning: ExitStack, _: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    cleaning.callback(child.wait)
    cleaning.callback(child.kill)


def _zombie(cleaning: ExitStack, _: Path) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    cleaning.callback(os.waitpid, pid, 0)


def _file(cleaning: ExitStack, folder: Path) -> None:
    left = folder / "deep" / "down"
    left.mkdir(parents=True)
    cleaning.callback(left.rmdir)


def _planted(place: str) -> Callable[[ExitStack, Path], None]:
    def plant(cleaning: ExitStack, _: Path) -> None:
        left = Path(place, f"{PLANTED}-{os.getpid()}")
        left.touch()
        cleaning.callback(left.unlink)

    return plant


def _learners_file(cleaning: ExitStack, _: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir="/var/tmp")
    os.close(descriptor)
    os.chown(name, 1_999_900_001, 1_999_900_001)
    cleaning.callback(os.unlink, name)


def _group(cleaning: ExitStack, _: Path) -> None:
    for _name, folder in examine().folders:
        left = folder / f"darsgah-{os.getpid()}-left"
        left.mkdir()
        cleaning.callback(left.rmdir)


def _memory(cleaning: ExitStack, _: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        os.seteuid(1_999_900_001)
    try:
        left = library.shmget(0, 4096, 0o1600)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    assert left >= 0
    cleaning.callback(library.shmctl, left, 0, None)


LEFT: dict[str, object] = {
    "processes: a child": _process,
    "processes: a zombie": _zombie,
    "files: in the graders' folder": _file,
    "files: planted in /tmp": _planted("/tmp"),  # noqa: S108 -- a place that learners might reach
    "files: planted in shared memory": _planted("/dev/shm"),  # noqa: S108 -- a place that learners might reach
    "ipc: shared memory": _memory,
    "files: of a learner's user": pytest.param(_learners_file, marks=AS_ROOT),
    "groups: of a run": pytest.param(_group, marks=AS_ROOT),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_it_is_found(
    leave: Callable[[ExitStack, Path], None], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id.split(":")[0]
    with (
        ExitStack() as cleaning,
        pytest.raises(AssertionError, match=f"{kind}: "),
        Watch(tmp_path).nothing_left(),
    ):
        leave(cleaning, tmp_path)
    with Watch(tmp_path).nothing_left():
        pass


_MOUNTING = """
from pathlib import Path
from darsgah_grader.guest import linux
from tests.grading import leftovers
leftovers._PATIENCE = 0.1
linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
try:
    with leftovers.Watch(Path("/nowhere")).nothing_left():
        linux.mount("left", "/mnt", "tmpfs")
except AssertionError as error:
    print(error)
"""


def test_a_mount_is_found() -> None:
    ran = subprocess.run([sys.executable, "-c", _MOUNTING], capture_output=True, text=True, check=True)
    assert "mounts: " in ran.stdout
    assert " /mnt " in ran.stdout


@pytest.mark.usefixtures("impatient")
def test_a_run_under_way_is_found_and_one_that_is_over_is_not(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    with Sandbox.start(Environment("python")) as sandbox, ThreadPoolExecutor(1) as pool:

        def start() -> Future[Run]:
            source = "import os, time\nif os.fork():\n    time.sleep(2)\nelse:\n    time.sleep(60)"
            running = pool.submit(sandbox.run, Job([CellSource(source)]))
            time.sleep(0.5)
            return running

        sandbox.run(Job([CellSource("1")]))
        with watch.nothing_left():
            sandbox.run(Job([CellSource("import os\nos.fork()")]))
        with pytest.raises(AssertionError, match="processes: "), watch.nothing_left():
            start()


def test_what_grows_is_weighed(tmp_path: Path) -> None:
    with Sandbox.start(Environment("python")) as sandbox, ExitStack() as opened:
        watch, ending = Watch(tmp_path), time.monotonic() + 10
        while not descendants(sandbox.pid or 0) and time.monotonic() < ending:
            time.sleep(0.01)  # the first fork that waits is on its way
        before = watch.weight()
        for _ in range(60):
            opened.enter_context(Path("/dev/null").open())
        # What earlier tests left to the garbage collector may close a few meanwhile.
        assert watch.weight().descriptors >= before.descriptors + 50
        assert before.warm[sandbox.pid or 0] > 1_000_000
