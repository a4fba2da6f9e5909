"""What a cell leaves behind to go off later reaches neither the next cell nor the process that runs it."""

import dataclasses
import os
import signal
import subprocess

import pytest

from darsgah_grader.guest.processes import Processes
from darsgah_grader.sandbox.types import CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Limits
from tests.grading.sandbox.conftest import QUICK, cells, text

TEST = "import time\nending = time.monotonic() + 0.4\nwhile time.monotonic() < ending: pass\nassert kept == 1"
LEFT = {
    "a timer": "import signal\ndef raising(*_): raise SystemExit('late')\nsignal.signal(signal.SIGALRM, raising)\nsignal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)",  # noqa: E501 -- a learner's code in one string
    "a fast timer": "import signal\ndef raising(*_): raise SystemExit('late')\nsignal.signal(signal.SIGALRM, raising)\nsignal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0001)\nkept = 1\ntry:\n    while True: pass\nexcept SystemExit: pass",  # noqa: E501 -- a learner's code in one string
    "an alarm without a handler": "import signal\nsignal.alarm(1)\nsignal.setitimer(signal.ITIMER_REAL, 0.1)",
    "a processor timer": "import signal\nsignal.signal(signal.SIGVTALRM, lambda *_: 1 / 0)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 0.05, 0.05)",  # noqa: E501 -- a learner's code in one string
    "a handler for interrupts": "import signal\ndef raising(*_): raise SystemExit('late')\nfor n in (2, 15, 10, 12): signal.signal(n, raising)",  # noqa: E501 -- a learner's code in one string
    "a trace function": "import sys, threading\ndef trace(*_): globals().update(kept=2)\nthreading.settrace(trace)\nsys.setprofile(trace)\nsys.settrace(trace)",  # noqa: E501 -- a learner's code in one string
    "a callback of the collector": "import gc\ngc.callbacks.append(lambda *_: globals().update(kept=2))",
}


@pytest.mark.parametrize("name", LEFT)
def test_what_a_cell_leaves_behind_does_not_reach_the_next(sandbox: Sandbox, name: str) -> None:
    test = "begun\nkept = 1\nimport gc\ngc.collect()\n" + TEST
    job = [CellSource("begun = 1"), CellSource(LEFT[name]), CellSource(test, graded=True), *cells("kept")]
    run = sandbox.run(Job(job, limits=QUICK))
    # The first is the cell's own affair: its timer may go off before it ends.
    assert [cell.outcome for cell in (run.cells[0], *run.cells[2:])] == [Outcome.OK] * 3, run.cells
    assert run.cells[3].partial == 1
    assert run.notes == ()


def test_a_lab_may_set_a_handler_for_its_tests(sandbox: Sandbox) -> None:
    handler = (
        "import signal\ndef late(*_): raise TimeoutError('too slow')\nsignal.signal(signal.SIGALRM, late)"
    )
    test = "signal.setitimer(signal.ITIMER_REAL, 0.05)\nwhile True: pass"
    run = sandbox.run(Job([*cells(handler), CellSource(test, graded=True), *cells("1")], limits=QUICK))
    assert [cell.error_name for cell in run.cells] == ["", "TimeoutError", ""]


def test_a_process_that_somebody_stopped_costs_the_cell_that_did_it(sandbox: Sandbox) -> None:
    stopping = (
        "import os, signal, time\n"
        "runner = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        os.kill(runner, signal.SIGSTOP)\n"
        "    os._exit(0)\n"
        "time.sleep(0.05)"
    )
    job = [CellSource("kept = 1"), CellSource(stopping), CellSource("assert kept == 1", graded=True)]
    run = sandbox.run(Job(job, limits=dataclasses.replace(QUICK, cell_seconds=1)))
    assert run.cells[1].outcome in {Outcome.DIED, Outcome.TIMEOUT}
    assert run.cells[2].outcome is Outcome.OK


def test_a_stopped_process_is_told_from_a_running_one() -> None:
    with subprocess.Popen(["/bin/sleep", "30"]) as process:
        assert not Processes.stopped(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        assert Processes.stopped(process.pid)
        process.kill()
    assert not Processes.stopped(process.pid)


def test_memory_that_a_cell_could_not_get_and_still_holds_is_given_back(sandbox: Sandbox) -> None:
    limits = Limits(cell_seconds=20, total_seconds=60, memory_bytes=192 * 1024 * 1024)
    grabbing = "held = []\nwhile True:\n    held.append(bytearray(b'x' * 4_000_000))"
    modest = "import os\nfilled = bytearray(b'y' * 100_000_000)\nassert kept == 1\nprint(len(filled))"
    job = [CellSource("kept = 1"), CellSource(grabbing), CellSource(modest, graded=True)]
    run = sandbox.run(Job(job, limits=limits))
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.MEMORY, Outcome.OK]
    assert text(run.cells[2]) == "100000000\n"
