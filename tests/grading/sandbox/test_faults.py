"""Code that crashes, hangs, floods and forges: it costs its own cell, and the rest is graded."""

import dataclasses
import time

import pytest

from darsgah_grader.sandbox.types import CellSource, Job, Outcome, Run
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Limits
from tests.grading.sandbox.conftest import QUICK, cells, run_one, text

FAST = dataclasses.replace(QUICK, cell_seconds=0.5)
MEGABYTE = 1024 * 1024


def around(sandbox: Sandbox, source: str, limits: Limits = FAST, *, graded: bool = True) -> Run:
    """Run a state, the given cell, and a test that the state is still there."""
    job = [
        CellSource("kept = [1, 2]"),
        CellSource(source, graded=graded),
        CellSource("assert kept == [1, 2]", graded=True),
    ]
    return sandbox.run(Job(job, limits=limits))


DEADLY = {
    "exit": "import os\nos._exit(0)",
    "kill": "import os\nos.kill(os.getpid(), 9)",
    "abort": "import os\nos.abort()",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "exec": "import os\nos.execv('/bin/true', ['true'])",
    "close": "import os\nos.closerange(3, 4096)",
    "junk": "import os\nfor n in range(3, 256):\n    try:\n        os.write(n, b'!')\n    except OSError: pass",  # noqa: E501 -- a learner's code in one string
    "threads": "import threading, os, time\nthreading.Timer(0.1, os._exit, (1,)).start()\ntime.sleep(5)",
}


@pytest.mark.parametrize("graded", [True, False])
@pytest.mark.parametrize("name", DEADLY)
def test_a_dead_process_costs_its_cell(sandbox: Sandbox, name: str, graded: bool) -> None:
    run = around(sandbox, DEADLY[name], QUICK, graded=graded)
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.DIED, Outcome.OK]


@pytest.mark.parametrize("lethal", ["import os\nos._exit(1)", "filled = b'x' * 10**10"])
def test_what_follows_a_dead_answer_is_graded(sandbox: Sandbox, lethal: str) -> None:
    job = [
        CellSource("kept = 1\ndef f(): return 2"),
        CellSource(lethal),
        CellSource("assert f() == 2", graded=True),
        CellSource("kept += 1"),
        CellSource("assert kept == 3", graded=True),
        CellSource("assert kept == 2", graded=True),
    ]
    outcomes = [cell.outcome for cell in sandbox.run(Job(job, limits=QUICK)).cells]
    assert outcomes[1] in {Outcome.DIED, Outcome.MEMORY}
    assert [outcomes[0], *outcomes[2:]] == [Outcome.OK] * 3 + [Outcome.ERROR, Outcome.OK]


HANGING = {
    "loop": "while True: pass",
    "sleep": "import time\ntime.sleep(100)",
    "stubborn": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "ignoring": "import signal\nfor n in (2, 15, 24): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    "in C": "x = 3 ** (10 ** 9)",
    "stopped": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "waiting": "import os, subprocess\nsubprocess.run(['sleep', '100'])",
    "printing": "while True: print('x' * 100)",
}


@pytest.mark.parametrize("name", HANGING)
def test_a_cell_that_takes_too_long_costs_itself(sandbox: Sandbox, name: str) -> None:
    began = time.monotonic()
    run = around(sandbox, HANGING[name])
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.TIMEOUT, Outcome.OK]
    assert run.cells[1].seconds >= 0.5
    assert time.monotonic() - began < 15


def test_a_learner_function_that_hangs_in_a_test(sandbox: Sandbox) -> None:
    hang = "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"  # noqa: E501 -- a learner's code in one string
    job = [
        CellSource(hang),
        CellSource("assert f() == 1", graded=True),
        CellSource("assert callable(f)", graded=True),
    ]
    run = sandbox.run(Job(job, limits=FAST))
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.TIMEOUT, Outcome.OK]


def test_the_whole_run_has_a_limit_and_the_rest_is_not_run(sandbox: Sandbox) -> None:
    limits = dataclasses.replace(QUICK, total_seconds=1.0)
    run = sandbox.run(Job(cells(*["import time\ntime.sleep(0.4)"] * 6), limits=limits))
    outcomes = [cell.outcome for cell in run.cells]
    assert outcomes[:2] == [Outcome.OK, Outcome.OK]
    assert outcomes[2] is Outcome.TIMEOUT
    assert outcomes[3:] == [Outcome.NOT_RUN] * 3
    assert run.seconds < 10


def test_what_was_printed_before_the_end_is_kept(sandbox: Sandbox) -> None:
    run = around(sandbox, "print('last words')\nimport os\nos._exit(1)")
    assert text(run.cells[1]) == "last words\n"
    assert text(around(sandbox, "print('waiting')\nwhile True: pass").cells[1]).startswith("waiting\n")


def test_many_deaths_in_a_row(sandbox: Sandbox) -> None:
    dying, test = CellSource("import os\nos._exit(1)"), CellSource("assert kept == 1", graded=True)
    run = sandbox.run(
        Job([CellSource("kept = 1"), dying, test, dying, dying, test, dying, test], limits=QUICK)
    )
    assert [cell.outcome for cell in run.cells if cell.outcome is not Outcome.DIED] == [Outcome.OK] * 4
    assert len(run.cells) == 8


def test_a_run_outlives_the_loss_of_its_checkpoint(sandbox: Sandbox) -> None:
    source = (
        "import time\ntime.sleep(0.4)\n"
        "import os, signal\n"
        "for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):\n"
        "    if pid not in (1, os.getpid()): os.kill(pid, signal.SIGKILL)\n"
        "os._exit(1)"
    )
    assert [cell.outcome for cell in around(sandbox, source, QUICK).cells] == [
        Outcome.OK,
        Outcome.DIED,
        Outcome.OK,
    ]


def test_the_supervisor_is_not_to_be_killed(sandbox: Sandbox) -> None:
    source = "import os, signal\nfor n in (1, 2, 9, 15, 19):\n    os.kill(1, n)\ntry:\n    os.kill(-1, 9)\nexcept PermissionError:\n    print('no')"  # noqa: E501 -- a learner's code in one string
    run = around(sandbox, source)
    assert [cell.outcome for cell in run.cells] == [Outcome.OK] * 3
    assert text(run.cells[1]) == "no\n"


@pytest.mark.parametrize("graded", [True, False])
def test_memory(sandbox: Sandbox, graded: bool) -> None:
    grabbing = "held = []\nwhile True:\n    held.append(b'x' * 5_000_000)"
    run = around(sandbox, grabbing, QUICK, graded=graded)
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.MEMORY, Outcome.OK]


def test_memory_of_children_and_files_counts(sandbox: Sandbox) -> None:
    forking = (
        "import os, time\n"
        "for _ in range(6):\n    if os.fork() == 0:\n        held = b'x' * 60_000_000\n        time.sleep(60)\n"  # noqa: E501 -- a learner's code in one string
        "held = b'x' * 150_000_000\ntime.sleep(3)\nraise SystemExit"
    )
    run = around(sandbox, forking, QUICK)
    assert run.cells[1].outcome in {Outcome.MEMORY, Outcome.ERROR}
    assert run.cells[2].outcome is Outcome.OK


def test_one_request_for_too_much_is_an_error_python_can_raise(sandbox: Sandbox) -> None:
    cell = run_one(sandbox, "x = bytearray(10 ** 11)")
    assert (cell.outcome, cell.error_name) == (Outcome.MEMORY, "MemoryError")


def test_a_fork_bomb(sandbox: Sandbox) -> None:
    run = around(sandbox, "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError: pass")
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.TIMEOUT, Outcome.OK]


def test_a_thread_bomb(sandbox: Sandbox) -> None:
    source = "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"  # noqa: E501 -- a learner's code in one string
    run = around(sandbox, source)
    assert run.cells[1].outcome in {Outcome.ERROR, Outcome.TIMEOUT}
    assert run.cells[2].outcome is Outcome.OK


def test_no_more_descriptors(sandbox: Sandbox) -> None:
    run = around(sandbox, "held = []\nwhile True: held.append(open('/dev/null'))", graded=False)
    assert run.cells[1].outcome is Outcome.ERROR
    assert run.cells[2].outcome is Outcome.OK


def test_a_flood_is_cut_with_a_note(sandbox: Sandbox) -> None:
    limits = dataclasses.replace(QUICK, output_bytes=10_000, output_count=5)
    cell = run_one(sandbox, "for _ in range(300_000): print('flood')\n7", limits)
    assert cell.outcome is Outcome.OK
    assert cell.outputs[0]["text"].startswith("flood\n")
    assert len(cell.outputs[0]["text"]) <= 10_000
    assert "output cut" in text(cell)


def test_one_long_line(sandbox: Sandbox) -> None:
    cell = run_one(
        sandbox, "print('x' * 150_000_000)\nimport sys\nsys.stderr.buffer.write(b'y' * 20_000_000)"
    )
    assert cell.outcome is Outcome.OK
    assert len(text(cell)) < 300_000


def test_many_displays_and_a_large_one(sandbox: Sandbox) -> None:
    cell = run_one(sandbox, "for n in range(30_000): display({'text/plain': 'd'}, raw=True)")
    assert cell.outcome is Outcome.OK
    assert len(cell.outputs) == QUICK.output_count + 1
    cell = run_one(sandbox, "display({'image/png': b'x' * 30_000_000}, raw=True)\n1")
    assert cell.outcome is Outcome.OK
    assert "output cut" in text(cell)


@pytest.mark.parametrize(
    "source",
    [
        "class R:\n    def __repr__(self): return 'r' * 50_000_000\nR()",
        "class R:\n    def __repr__(self): return repr(self)\nR()",
        "class E(Exception):\n    def __str__(self): raise E\nraise E",
        "class E(Exception):\n    def __str__(self): return 'e' * 50_000_000\nraise E",
        "def f(): f()\nf()",
        "a = []\nfor _ in range(100_000): a = [a]\na",
        "class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)\nraise E",
    ],
)
@pytest.mark.parametrize("graded", [True, False])
def test_strange_values_and_exceptions(sandbox: Sandbox, source: str, graded: bool) -> None:
    run = around(sandbox, source, QUICK, graded=graded)
    assert run.cells[1].outcome in {Outcome.OK, Outcome.ERROR}
    assert len(text(run.cells[1])) < 600_000
    assert run.cells[2].outcome is Outcome.OK


FORGED = {
    "a pass for the running test": "{send}(b'r.' + b'{{\"ok\": true}}')\nraise AssertionError",
    "a message of a supervisor": "{send}(b'x.' + b'{{\"outcome\": \"result\"}}')\nraise AssertionError",
    "no JSON": "{send}(b'd.' + b'[' * 60000)\nraise AssertionError",
    "a message without end": "while True: {send}(b'd+' + b'x' * 60000)",
    "empty messages": "while True: {send}(b'o.')",
}
_SEND = "socket.socket(fileno=os.dup(255)).sendall"


@pytest.mark.parametrize("name", FORGED)
def test_forged_messages_cost_their_sender(sandbox: Sandbox, name: str) -> None:
    source = "import os, socket\n" + FORGED[name].format(send=_SEND)
    run = around(sandbox, source, graded=False)
    assert run.cells[1].outcome is not Outcome.OK
    assert run.cells[2].outcome is Outcome.OK


def test_what_an_answer_forges_does_not_grade_the_next_test(sandbox: Sandbox) -> None:
    forge = f"import os, socket\nfor _ in range(5): {_SEND}(b'r.' + b'{{\"ok\": true}}')"
    run = sandbox.run(Job([CellSource(forge), CellSource("assert False", graded=True)], limits=QUICK))
    assert run.cells[1].outcome is not Outcome.OK


def test_daemons_and_zombies_do_not_matter(sandbox: Sandbox) -> None:
    source = (
        "import os, time\n"
        "for _ in range(10):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork(): os._exit(0)\n        time.sleep(1000)\n"  # noqa: E501 -- a learner's code in one string
        "for _ in range(10):\n    if os.fork() == 0: os._exit(0)"
    )
    run = around(sandbox, source, QUICK, graded=False)
    assert [cell.outcome for cell in run.cells] == [Outcome.OK] * 3
    assert run.seconds < 10


def test_threads_go_on_through_checkpoints(sandbox: Sandbox) -> None:
    start = "import threading, time\nn = 0\ndef count():\n    global n\n    while True:\n        n += 1\n        time.sleep(0.001)\nthreading.Thread(target=count, daemon=True).start()"  # noqa: E501 -- a learner's code in one string
    test = "before = n\ntime.sleep(0.3)\nassert n > before"
    run = sandbox.run(
        Job([CellSource(start), CellSource(test, graded=True), CellSource(test, graded=True)], limits=QUICK)
    )
    assert [cell.outcome for cell in run.cells] == [Outcome.OK] * 3


def test_a_run_that_starts_over_finds_its_folder_empty_and_its_numbers_the_same(sandbox: Sandbox) -> None:
    begin = "import os, random\nos.mkdir('made')\nopen('log', 'a').write('x')\nnumber = random.random()\nprint(number)"  # noqa: E501 -- a learner's code in one string
    check = "assert open('log').read() == 'x'\nprint(number)\nassert open('given').read() == 'g'"
    job = [
        CellSource(begin),
        CellSource("import os\nos._exit(1)", graded=True),
        CellSource(check, graded=True),
    ]
    run = sandbox.run(Job(job, files={"given": b"g"}, limits=QUICK))
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.DIED, Outcome.OK]
    assert text(run.cells[0]) == text(run.cells[2])


@pytest.mark.parametrize("graded", [True, False])
def test_a_run_goes_on_from_a_checkpoint_when_there_is_one(sandbox: Sandbox, graded: bool) -> None:
    slow = "import os, time\nmoment = time.time_ns()\nprint(moment)\ntime.sleep(0.4)"
    dying = CellSource("import os\nos._exit(1)", graded=graded)
    show = CellSource("print(moment)", graded=True)
    run = sandbox.run(Job([CellSource(slow), dying, show, dying, dying, show], limits=QUICK))
    assert [cell.outcome for cell in run.cells if cell.outcome is not Outcome.DIED] == [Outcome.OK] * 3
    assert len({text(run.cells[n]) for n in (0, 2, 5)}) == 1
