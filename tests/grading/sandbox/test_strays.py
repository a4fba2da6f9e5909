"""Processes that a learner's code starts: they never speak for the runner, and none outlives its cell."""

import pytest

from darsgah_grader.sandbox.types import CellSource, Job, Outcome, Run
from darsgah_grader.sandbox.zygote import Sandbox
from tests.grading.sandbox.conftest import QUICK, text

OK, DIED = Outcome.OK, Outcome.DIED

CALLED = {
    "a copy that returns": "os.fork(); return 'ok'",
    "many copies that return": "[os.fork() for _ in range(4)]; return 'ok'",
    "a copy that raises": "if os.fork() == 0: raise ValueError('copy')\n    return 'ok'",
    "a copy that shows": "if os.fork() == 0: display('copy')\n    return 'ok'",
    "a copy that is late": "if os.fork() == 0: time.sleep(0.2)\n    return 'ok'",
    "a copy below Python": "ctypes.CDLL(None).fork(); return 'ok'",
    "a daemon": "if os.fork() == 0:\n        os.setsid()\n        [os.fork() for _ in range(3)]; time.sleep(60)\n    return 'ok'",  # noqa: E501 -- a learner's code in one string
    "a holder of the outputs": "[subprocess.Popen(['sleep', '60']) for _ in range(3)]; return 'ok'",
    "a bomb with an end": "\n    try:\n        while True: os.fork()\n    except OSError: return 'ok'",
    "as many children as there may be": "\n    try:\n        while os.fork(): pass\n        time.sleep(60)\n    except OSError: return 'ok'",  # noqa: E501 -- a learner's code in one string
    "a copy that fills the channel later": "if os.fork() == 0:\n        time.sleep(0.1)\n        while True:\n            try: os.write(255, b'r.{}')\n            except OSError: pass\n    return 'ok'",  # noqa: E501 -- a learner's code in one string
    "a copy below Python that writes later": "if ctypes.CDLL(None).fork() == 0:\n        time.sleep(0.1)\n        while True: os.write(255, b'r.{}')\n    return 'ok'",  # noqa: E501 -- a learner's code in one string
    "a copy whose first thread has ended": "if os.fork() == 0:\n        threading.Thread(target=time.sleep, args=(60,)).start()\n        ctypes.CDLL(None).pthread_exit(None)\n    return 'ok'",  # noqa: E501 -- a learner's code in one string
}
ALONE = CellSource(
    "import os, subprocess\n"
    "others = [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (1, os.getpid())]\n"
    "states = [open(f'/proc/{pid}/stat').read().rpartition(')')[2].split() for pid in others]\n"
    "alive = [state for state in states if state[0] != 'Z' or state[17] != '1']\n"
    "assert len(alive) <= 1, alive  # the checkpoint\n"
    "assert subprocess.run(['true']).returncode == 0",
    graded=True,
)


def called(sandbox: Sandbox, body: str) -> Run:
    """A function that a test calls; after it a test of nothing, and one that no process is left."""
    imports = "import ctypes, os, subprocess, sys, threading, time"
    job = [
        CellSource(f"{imports}\ndef q1():\n    {body}"),
        CellSource("assert q1() == 'ok'", graded=True),
        CellSource("assert 1 + 1 == 2", graded=True),
        ALONE,
    ]
    return sandbox.run(Job(job, limits=QUICK))


@pytest.mark.parametrize("name", CALLED)
def test_processes_of_a_cell_have_no_effect(sandbox: Sandbox, name: str) -> None:
    run = called(sandbox, CALLED[name])
    assert [cell.outcome for cell in run.cells] == [OK] * 4, [text(cell) for cell in run.cells]


def test_a_bomb_costs_its_cell(sandbox: Sandbox) -> None:
    run = called(sandbox, "while True: os.fork()")
    assert run.cells[1].outcome is not OK
    assert [cell.outcome for cell in (run.cells[0], *run.cells[2:])] == [OK] * 3


@pytest.mark.parametrize(
    "body",
    [
        "if os.fork() == 0: os.kill(os.getppid(), 9)\n    time.sleep(5); return 'ok'",
        "\n    if os.fork() == 0:\n        while True: os.kill(os.getppid(), 9)\n    os.wait()",
    ],
)
def test_a_child_that_kills_its_parent_costs_its_cell(sandbox: Sandbox, body: str) -> None:
    run = called(sandbox, body)
    assert [cell.outcome for cell in run.cells] == [OK, DIED, OK, OK]


@pytest.mark.parametrize("grandchild", [False, True])
def test_a_child_that_kills_its_parent_later_costs_no_other_cell(sandbox: Sandbox, grandchild: bool) -> None:
    daemon = "if os.fork(): os._exit(0)\n        " if grandchild else ""
    body = f"parent = os.getpid()\n    if os.fork() == 0:\n        {daemon}time.sleep(0.05); os.kill(parent, 9)\n    return 'ok'"  # noqa: E501 -- a learner's code in one string
    for _ in range(3):
        run = called(sandbox, body)
        assert run.cells[1].outcome in {OK, DIED}
        assert [cell.outcome for cell in (run.cells[0], *run.cells[2:])] == [OK] * 3


@pytest.mark.parametrize("fork", ["os.fork", "ctypes.CDLL(None).fork"])
def test_a_copy_does_not_repeat_what_was_printed(sandbox: Sandbox, fork: str) -> None:
    source = f"import ctypes, os\nprint('once', end='')\npid = {fork}()\nif pid: os.waitpid(pid, 0)\n1 / 0"
    (cell,) = sandbox.run(Job([CellSource(source)], limits=QUICK)).cells
    assert text(cell) == "onceZeroDivisionError: division by zero\n"


def test_a_copy_made_between_two_cells_takes_nothing(sandbox: Sandbox) -> None:
    fork = (
        "import os, signal\n"
        "left = 20\n"
        "def soon():\n    signal.setitimer(signal.ITIMER_REAL, 0.002)\n"
        "def copy(*_):\n    global left\n    left -= 1\n    if os.fork() and left: soon()\n"
        "signal.signal(signal.SIGALRM, copy)\n"
        "soon()"
    )
    run = sandbox.run(Job([CellSource(fork), *[CellSource("assert True", graded=True)] * 100], limits=QUICK))
    assert [cell.outcome for cell in run.cells] == [OK] * 101


@pytest.mark.parametrize("graded", [True, False])
def test_a_cell_may_use_processes(sandbox: Sandbox, graded: bool) -> None:
    pool = "import multiprocessing\nwith multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2, -3]))"
    executor = "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(2) as executor: print(list(executor.map(abs, [-1, -2])))"  # noqa: E501 -- a learner's code in one string
    program = (
        "import subprocess\nprint(subprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout)"
    )
    job = [CellSource(source, graded=graded) for source in (pool, executor, program, pool)]
    run = sandbox.run(Job(job, limits=QUICK))
    assert [text(cell).strip() for cell in run.cells] == ["[1, 2, 3]", "[1, 2]", "hello", "[1, 2, 3]"]


def test_a_process_does_not_outlive_its_cell(sandbox: Sandbox) -> None:
    start = "import subprocess\nserver = subprocess.Popen(['sh', '-c', 'echo begun; sleep 60'])\nimport time; time.sleep(0.1)"  # noqa: E501 -- a learner's code in one string
    run = sandbox.run(Job([CellSource(start), CellSource("server.wait()")], limits=QUICK))
    assert [text(cell) for cell in run.cells] == ["begun\n", "-9\n"]


def test_a_thread_that_prints_and_a_process_together(sandbox: Sandbox) -> None:
    start = "import os, threading, time\ndef tell():\n    while True:\n        print('.', flush=True)\nthreading.Thread(target=tell, daemon=True).start()\nos.fork()"  # noqa: E501 -- a learner's code in one string
    job = [CellSource(start), *[CellSource("time.sleep(0.06)\nassert True", graded=True)] * 3]
    run = sandbox.run(Job(job, limits=QUICK))
    assert [cell.outcome for cell in run.cells] == [OK] * 4
