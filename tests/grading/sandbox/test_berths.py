"""Places of runs: a fresh one for each learner's code, one for all tests of a lab, as clean each time."""

import os
import select
import signal
from collections.abc import Iterator, Mapping

import pytest

from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Naming, Outcome, Part
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, Limits, SandboxLevel
from tests.grading.sandbox.conftest import QUICK, text
from tests.grading.sandbox.machine import descendants

NAMING = Naming(answers=frozenset({"f"}))
LOOK = """
import os, sys, random, json
found = [os.path.join(folder, name) for place in ('.', '/tmp', '/dev/shm')
         for folder, folders, files in os.walk(place) for name in folders + files]
print(sorted(found), 'left' in globals(), hasattr(random, 'left'), os.environ.get('LEFT'),
      os.listdir('/proc').count('left'), sum(name.isdigit() for name in os.listdir('/proc')))
"""
LEAVE = """
import os, subprocess, random
for place in ('left', '/tmp/left', '/dev/shm/left'):
    open(place, 'w').write('left')
os.makedirs('folder/left')
left = random.left = 1
os.environ['LEFT'] = '1'
subprocess.Popen(['sleep', '60'])
os.fork() or os.setsid() and __import__('time').sleep(60)
"""


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """A sandbox in which nothing was kept before."""
    with Sandbox.start(Environment("python"), level=SandboxLevel.NAMESPACES) as started:
        yield started


def outcome_of(
    sandbox: Sandbox, test: str, files: Mapping[str, bytes] | None = None, limits: Limits = QUICK
) -> CellRun:
    learner = Job(
        [CellSource("def f(x):\n    return x"), CellSource("", part=Part.ATTEND, test=1)], files or {}, limits
    )
    tests = Job(
        [CellSource(test, graded=True, part=Part.TEST, test=1, reaches=frozenset())],
        files or {},
        limits,
        NAMING,
    )
    return sandbox.run_split(learner, tests)[1].cells[0]


def kept(sandbox: Sandbox) -> list[int]:
    return [berth.fork.pid for _, berth in sandbox._berths._kept]


def test_the_place_of_tests_is_used_again_and_as_clean_as_before(own_sandbox: Sandbox) -> None:
    first = text(outcome_of(own_sandbox, LOOK))
    place = kept(own_sandbox)
    assert len(place) == 1
    for _ in range(3):
        assert outcome_of(own_sandbox, LEAVE).outcome is Outcome.OK
        assert text(outcome_of(own_sandbox, LOOK)) == first
    assert kept(own_sandbox) == place


def test_another_lab_has_another_place(own_sandbox: Sandbox) -> None:
    read = "print(open('data.csv').read())"
    assert text(outcome_of(own_sandbox, read, {"data.csv": b"one"})) == "one\n"
    assert text(outcome_of(own_sandbox, read, {"data.csv": b"two"})) == "two\n"
    assert text(outcome_of(own_sandbox, read, {"data.csv": b"one"})) == "one\n"
    assert len(kept(own_sandbox)) == 2
    outcome_of(own_sandbox, "f(1)", limits=Limits(cell_seconds=5))
    assert len(kept(own_sandbox)) == 3


def test_a_place_in_which_a_process_ended_is_given_up(own_sandbox: Sandbox) -> None:
    outcome_of(own_sandbox, "f(1)")
    assert outcome_of(own_sandbox, "import os\nos._exit(3)").outcome is Outcome.DIED
    assert kept(own_sandbox) == []
    assert outcome_of(own_sandbox, "assert f(1) == 1").outcome is Outcome.OK


def test_a_place_that_has_ended_meanwhile_is_replaced(own_sandbox: Sandbox) -> None:
    outcome_of(own_sandbox, "f(1)")
    (berth,) = [berth for _, berth in own_sandbox._berths._kept]
    os.kill(berth.fork.pid, signal.SIGKILL)
    assert select.select([berth.fork.pidfd], [], [], 10)[0]
    assert outcome_of(own_sandbox, "assert f(2) == 2").outcome is Outcome.OK


def test_only_so_many_are_kept_and_none_outlives_the_sandbox(own_sandbox: Sandbox) -> None:
    for number in range(10):
        outcome_of(own_sandbox, "f(1)", {"number": str(number).encode()})
    assert len(kept(own_sandbox)) == 8
    places = set(kept(own_sandbox))
    assert own_sandbox.pid is not None
    assert places <= descendants(own_sandbox.pid)
    own_sandbox.close()
    assert own_sandbox.pid is None


def test_a_learners_place_is_never_kept(own_sandbox: Sandbox) -> None:
    own_sandbox.run(Job([CellSource("x = 1")], limits=QUICK))
    assert kept(own_sandbox) == []
