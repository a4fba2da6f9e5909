"""The host's side: lifecycle, levels, what is left behind, and what it makes of a sandbox that lies."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from darsgah_grader.guest.frames import Channel
from darsgah_grader.sandbox import levels
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.sandbox.outputs import Outputs
from darsgah_grader.sandbox.runs import Conduct
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, EnvironmentBroken, Limits, SandboxLevel, SandboxUnavailable
from tests.grading.sandbox.conftest import QUICK, cells, run_one, text
from tests.grading.sandbox.machine import descendants, groups, mounts, parent_of, user_of


def test_nothing_is_left_behind() -> None:
    before, others = mounts(), groups(os.getpid())
    with Sandbox.start(Environment("python"), level=SandboxLevel.NAMESPACES) as sandbox:
        warm = sandbox.pid
        assert warm is not None
        nasty = "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(1000)\nopen('f', 'w').write('x')"  # noqa: E501 -- a learner's code in one string
        run = sandbox.run(
            Job(
                cells(nasty, "import os\nos._exit(1)", "while True: pass"),
                limits=dataclasses.replace(QUICK, cell_seconds=0.3),
            )
        )
        assert run.cells[0].outcome is Outcome.OK
        ending = time.monotonic() + 10
        while len(descendants(warm)) > 1 and time.monotonic() < ending:
            time.sleep(0.02)
        assert len(descendants(warm)) <= 1  # the fork that waits for the next job
        assert len(groups(os.getpid()) - others) <= 2  # that fork's cgroup, once for each controller
        assert mounts() == before
    assert not Path("/proc", str(warm)).exists()
    assert descendants(warm) == set()


def test_runs_go_side_by_side(sandbox: Sandbox) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: text(run_one(sandbox, f"import time\ntime.sleep(1)\n{n}")), range(4)))
    assert found == ["0\n", "1\n", "2\n", "3\n"]
    assert time.monotonic() - began < 3.5


def test_a_dead_warm_process_is_started_again() -> None:
    with Sandbox.start(Environment("python")) as sandbox:
        first = sandbox.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert text(run_one(sandbox, "1 + 1")) == "2\n"
        assert sandbox.pid != first


@pytest.mark.parametrize("generations", [0, 1, 2], ids=["warm process", "process 1", "runner"])
def test_a_run_of_which_a_process_was_killed_is_made_again(generations: int) -> None:
    with Sandbox.start(Environment("python")) as sandbox:
        with ThreadPoolExecutor(1) as pool:
            job = Job(cells("kept = 1", "import time\ntime.sleep(1)", "kept + 1"), limits=QUICK)
            assert sandbox.pid is not None
            running = pool.submit(sandbox.run, job)
            _begun(sandbox.pid)
            os.kill(_oldest_line(sandbox.pid)[generations], signal.SIGKILL)
            run = running.result(timeout=20)
        assert [cell.outcome for cell in run.cells] == [Outcome.OK] * 3
        assert text(run.cells[2]) == "2\n"
        assert not run.disturbed
        assert run.notes == ()


def _oldest_line(warm: int) -> list[int]:
    """The warm process, process 1 of the run under way, and its runner."""
    line = [warm]
    while below := [pid for pid in descendants(line[-1]) if parent_of(pid) == line[-1] and descendants(pid)]:
        line.append(below[0])
    return [*line, min(descendants(line[-1]))]


def test_a_learners_code_that_kills_itself_is_not_run_for_ever(sandbox: Sandbox) -> None:
    job = Job(cells("print('begun')", "import os\nos.kill(os.getpid(), 9)", "3"), limits=QUICK)
    run = sandbox.run(job)
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.DIED, Outcome.OK]
    assert run.disturbed
    assert text(run.cells[0]) == "begun\n"


def test_a_closed_sandbox_runs_nothing() -> None:
    sandbox = Sandbox.start(Environment("python"))
    sandbox.close()
    with pytest.raises(EnvironmentBroken, match="closed"):
        run_one(sandbox, "1")


def test_a_preloaded_module_is_there_without_an_import_of_its_own() -> None:
    with Sandbox.start(Environment("numbers", ("numpy",), ("ipython", "numpy"))) as sandbox:
        run = sandbox.run(
            Job(
                cells("import sys\n'numpy' in sys.modules", "import numpy as np\nnp.random.rand()"),
                limits=QUICK,
            )
        )
        again = run_one(sandbox, "import numpy as np\nnp.random.rand()")
    assert text(run.cells[0]) == "True\n"
    assert text(run.cells[1]) != text(again)


def test_an_environment_that_does_not_import_says_why() -> None:
    with pytest.raises(EnvironmentBroken, match="no_such_module_anywhere"):
        Sandbox.start(Environment("broken", ("no_such_module_anywhere",)))


def test_no_level_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxUnavailable):
        Sandbox.start(Environment("python"), level=SandboxLevel.NONE)
    lacking = dict.fromkeys(("user", "mount", "pid", "net", "ipc", "uts"), "Operation not permitted")
    answer = {
        "machine": "x86_64",
        "kernel": "5.4",
        "known": True,
        "namespaces": lacking,
        "everything": "not permitted",
        "no_new_privs": "",
        "seccomp": "",
        "landlock": 0,
    }
    monkeypatch.setattr(levels, "_trials", lambda: answer)
    report = probe()
    assert report.level is SandboxLevel.NONE
    assert any("Landlock" in reason for reason in report.reasons)
    with pytest.raises(SandboxUnavailable, match="Landlock"):
        Sandbox.start(Environment("python"))
    answer["landlock"] = 3
    assert probe().level is SandboxLevel.REDUCED
    answer["seccomp"] = "Invalid argument"
    assert probe().level is SandboxLevel.NONE


def test_the_probe_finds_what_this_machine_has() -> None:
    report = probe()
    assert report.level is SandboxLevel.NAMESPACES
    assert report.reasons == ()
    assert {m.name for m in report.mechanisms} >= {
        "user namespace",
        "seccomp",
        "landlock",
        "cgroups",
        "no_new_privs",
    }


def conducted(*frames: tuple[bytes, bytes], count: int = 2) -> tuple[CellRun, ...]:
    """What the host makes of a supervisor that sends these frames and goes."""
    ours, theirs = Channel.pair()
    supervisor = Channel(theirs, 10**7)

    def lie() -> None:
        with theirs, contextlib.suppress(OSError):  # the host hangs up on a liar
            supervisor.receive()
            for kind, payload in frames:
                supervisor.send(kind, payload)
                if kind == b"?":
                    supervisor.receive()

    liar = threading.Thread(target=lie)
    liar.start()
    with ours:
        found = Conduct(
            Channel(ours, 10**6), Job(cells(*["1"] * count), limits=Limits(total_seconds=5)), lambda: 0
        ).run(b"")
    liar.join()
    return found


def test_a_sandbox_that_is_killed_before_it_reads_its_job_is_a_disturbance() -> None:
    ours, theirs = Channel.pair()
    killed = threading.Timer(0.2, theirs.close)
    killed.start()
    with ours:
        conduct = Conduct(Channel(ours, 10**6), Job(cells("1"), limits=Limits(total_seconds=5)), lambda: 0)
        (cell,) = conduct.run(b"")
    killed.join()
    assert cell.outcome is Outcome.NOT_RUN
    assert conduct.disturbed


OK = json.dumps({"ok": True}).encode()
END = json.dumps({"outcome": "result", "seconds": 0.1}).encode()


def test_an_honest_supervisor_is_believed() -> None:
    found = conducted(
        (b"?", b"0"), (b"r", OK), (b"x", END), (b"?", b"1"), (b"r", OK), (b"x", END), (b"z", b"")
    )
    assert [cell.outcome for cell in found] == [Outcome.OK, Outcome.OK]


@pytest.mark.parametrize(
    "frames",
    [
        ((b"?", b"1"),),
        ((b"?", b"-1"),),
        ((b"?", b"0"), (b"x", END), (b"x", END), (b"x", END), (b"x", END)),
        ((b"!", b""),),
        ((b"x", b"[" * 100_000),),
        ((b"r", b"x" * 2_000_000),),
        ((b"?", b"0"), (b"r", b'{"ok": "yes", "partial": 1e999}'), (b"x", END)),
        ((b"?", b"0"), (b"r", OK), (b"x", b'{"outcome": "ok"}')),
    ],
)
def test_a_lying_supervisor_gains_nothing(frames: tuple[tuple[bytes, bytes], ...]) -> None:
    found = conducted(*frames)
    assert len(found) == 2
    assert Outcome.OK not in {cell.outcome for cell in found}


def test_outputs_are_made_anew() -> None:
    outputs = Outputs(Limits(output_bytes=1000, output_count=3))
    outputs.display(
        json.dumps(
            {
                "output_type": "display_data",
                "data": {"text/html": "h", "x/y": 1, "text/plain": 5},
                "metadata": {"a": 1},
                "id": 3,
            }
        ).encode()
    )
    outputs.display(
        json.dumps({"output_type": "error", "ename": 5, "evalue": "\ud800", "traceback": "no"}).encode()
    )
    outputs.display(
        b'{"output_type": "execute_result", "execution_count": true, "data": {"text/plain": "p"}}'
    )
    outputs.stream("stdout", b"\xff\0")
    found = outputs.finish()
    assert found[0] == {"output_type": "display_data", "data": {"text/html": "h"}, "metadata": {}}
    assert found[1] == {"output_type": "error", "ename": "", "evalue": "\ufffd", "traceback": []}
    assert found[2]["execution_count"] is None
    assert "output cut" in found[3]["text"]
    assert len(found) == 4


REDUCED_DENIED = {
    "a file of the machine": "open('/etc/passwd')",
    "the home of the user": "import os\nos.listdir('/root' if os.path.exists('/root') else '/home')",
    "another process": "open('/proc/1/status')",
    "writing outside": "open('/var/tmp/darsgah-escape', 'w')",
    "a socket": "import socket\nsocket.socket()",
    "a process": "import os\nos.fork()",
    "a program": "import os\nos.execv('/bin/true', ['true'])",
    "a signal": "import os\nos.kill(os.getppid(), 0)",
    "outliving its supervisor": "import ctypes, os\nif ctypes.CDLL(None).prctl(1, 0): os.fork()",
}


@pytest.mark.parametrize("name", REDUCED_DENIED)
def test_the_reduced_level_denies(reduced: Sandbox, name: str) -> None:
    assert run_one(reduced, REDUCED_DENIED[name]).error_name == "PermissionError"


def test_the_reduced_level_runs_and_survives(reduced: Sandbox) -> None:
    job = [
        CellSource("import json, tempfile, random\nx = 3\nopen('f', 'w').write(open('data.txt').read())"),
        CellSource("assert open('f').read() == 'given' and x == 3", graded=True),
        CellSource("import os\nos._exit(1)", graded=True),
        CellSource(
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            graded=True,
            seconds=1,
        ),
        CellSource("held = [bytearray(10**7) for _ in range(100)]", graded=True, seconds=30),
        CellSource("assert x == 3", graded=True),
    ]
    before = set(Path(tempfile.gettempdir()).glob("darsgah-run-*"))
    run = reduced.run(Job(job, files={"data.txt": b"given"}, limits=QUICK))
    assert run.level is SandboxLevel.REDUCED
    assert [cell.outcome for cell in run.cells] == [
        Outcome.OK,
        Outcome.OK,
        Outcome.DIED,
        Outcome.TIMEOUT,
        Outcome.MEMORY,
        Outcome.OK,
    ], run
    assert set(Path(tempfile.gettempdir()).glob("darsgah-run-*")) <= before


def test_the_reduced_level_leaves_no_process(reduced: Sandbox) -> None:
    run_one(reduced, "import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()")
    assert reduced.pid is not None
    ending = time.monotonic() + 10
    while len(descendants(reduced.pid)) > 1 and time.monotonic() < ending:
        time.sleep(0.02)
    assert len(descendants(reduced.pid)) <= 1


def test_the_reduced_level_limits_the_folder(reduced: Sandbox) -> None:
    limits = dataclasses.replace(QUICK, work_bytes=1_000_000, work_inodes=100)
    fill = "import time\nopen('big', 'wb').write(bytes(5_000_000))\ntime.sleep(5)"
    many = "import time\nfor n in range(500): open(str(n), 'w')\ntime.sleep(5)"
    assert [run_one(reduced, source, limits).outcome for source in (fill, many)] == [Outcome.MEMORY] * 2


def test_the_reduced_level_cannot_hide_what_its_folder_holds(reduced: Sandbox) -> None:
    limits = dataclasses.replace(QUICK, work_bytes=1_000_000, work_inodes=5000)
    locked = "import os, time\nos.mkdir('a'); open('a/big', 'wb').write(bytes(5_000_000)); os.chmod('a', 0)\ntime.sleep(5)"  # noqa: E501 -- a learner's code in one string
    deep = "import os, time\nfor n in range(2000):\n    os.mkdir('d' * 20); os.chdir('d' * 20)\nopen('big', 'wb').write(bytes(5_000_000))\ntime.sleep(5)"  # noqa: E501 -- a learner's code in one string
    before = set(Path(tempfile.gettempdir()).glob("darsgah-run-*"))
    assert [run_one(reduced, source, limits).outcome for source in (locked, deep)] == [Outcome.MEMORY] * 2
    assert set(Path(tempfile.gettempdir()).glob("darsgah-run-*")) <= before


def test_only_our_own_folders_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may put a link under such a name into the temporary folder; nothing behind it changes."""
    shared, elsewhere = tmp_path / "shared", tmp_path / "elsewhere"
    for folder in (shared, elsewhere, shared / "darsgah-run-999999999-left"):
        folder.mkdir(mode=0o755)
    (elsewhere / "kept").touch()
    (shared / "darsgah-run-999999999-link").symlink_to(elsewhere)
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    Sandbox(Environment("python"), SandboxLevel.REDUCED)
    assert (elsewhere / "kept").exists()
    assert [entry.name for entry in shared.iterdir()] == ["darsgah-run-999999999-link"]
    assert shared.stat().st_mode & 0o777 == elsewhere.stat().st_mode & 0o777 == 0o755


_HOST = """
import sys
from darsgah_grader.sandbox.types import CellSource, Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, SandboxLevel

sandbox = Sandbox.start(Environment("python"), level=SandboxLevel(sys.argv[1]))
print(sandbox.pid, flush=True)
sandbox.run(Job([CellSource("while True: pass")]))
"""


def _begun(warm: int) -> set[int]:
    """The warm process with all below it, once a run of it is under way."""
    ending = time.monotonic() + 10
    while not (runs := [pid for pid in descendants(warm) if descendants(pid)]) and time.monotonic() < ending:
        time.sleep(0.02)
    assert runs
    time.sleep(0.2)
    return {warm, *descendants(warm)}


def _outlives_its_host(level: SandboxLevel) -> bool:
    """Kill a host in the middle of a run; whether anything of its sandbox is there ten seconds later."""
    with subprocess.Popen([sys.executable, "-c", _HOST, level], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        warm = int(host.stdout.readline())
        family = _begun(warm)
        host.kill()
    ending = time.monotonic() + 10
    while any(user_of(pid) is not None for pid in family) and time.monotonic() < ending:
        time.sleep(0.05)
    return any(user_of(pid) is not None for pid in family)


def test_nothing_outlives_a_killed_host() -> None:
    assert not _outlives_its_host(SandboxLevel.NAMESPACES)


def test_nothing_reduced_outlives_a_killed_host(reduced: Sandbox) -> None:
    assert reduced.level is SandboxLevel.REDUCED
    assert not _outlives_its_host(SandboxLevel.REDUCED)
    Sandbox.start(Environment("python"), level=SandboxLevel.REDUCED).close()  # removes what the dead one left
    left = Path(tempfile.gettempdir()).glob("darsgah-run-*")
    assert all(Path("/proc", folder.name.split("-")[2]).exists() for folder in left)
