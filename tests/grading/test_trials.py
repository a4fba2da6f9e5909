"""Answers tried check by check: what is seen of them, and what a hostile one can neither stop nor read."""

from collections.abc import Iterator

import pytest

from darsgah_grader.grading import Grader
from darsgah_grader.program_trials import ProgramTrials
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.trial_plan import TestCode
from darsgah_grader.trial_setting import Setting
from darsgah_grader.trials import Observation, Trial

SECRET = "zanzibar-4711"
VISIBLE = """
assert fare(2) == 90, "Two kilometres cost 90."
for km, rupees in [(1, 45), (3, 135)]:
    assert fare(km) == rupees
assert abs(share(2.0) - 4.0) < 1e-9
try:
    fare(-1)
except ValueError:
    pass
else:
    raise AssertionError("No ride is shorter than nothing.")
"""
HIDDEN = f"secret = '{SECRET}'\nassert fare(10) == 450, secret\nassert share(5.0) == 25.0"
LATER = "rides = [fare(1), fare(2)]\nassert sum(rides) == 135"
RIGHT = """
def fare(km):
    if km < 0:
        raise ValueError("negative")
    return 45 * km

def share(x):
    return x * x
"""


@pytest.fixture(scope="module")
def sandbox(grader: Grader) -> Iterator[Sandbox]:
    with grader.using(grader.environments.named("python")) as running:
        yield running


@pytest.fixture(scope="module")
def trial() -> Trial:
    tests = (
        TestCode("fares", VISIBLE, visible=True),
        TestCode("fares", HIDDEN, visible=False),
        TestCode("later", LATER, visible=True),
    )
    return Trial(Setting(before=("limit = [3]",), tests=tests, reference=RIGHT))


@pytest.fixture
def programs(trial: Trial, sandbox: Sandbox) -> Iterator[ProgramTrials]:
    with trial.programs(sandbox) as running:
        yield running


def passed(seen: Observation) -> list[bool | None]:
    return [check.passed for check in seen.checks]


def test_a_right_answer_passes_every_check(trial: Trial, sandbox: Sandbox) -> None:
    seen = trial.observe(sandbox, RIGHT)
    assert seen.ended == "ran"
    assert passed(seen) == [True] * 7
    assert seen.checks[0].lines == {3, 5}


def test_a_wrong_answer_shows_call_expected_got_and_lines(trial: Trial, sandbox: Sandbox) -> None:
    answer = (
        "def fare(km):\n    if km > 2:\n        return 0\n    return 40 * km\n\n"
        "def share(x):\n    return [x][1]\n"
    )
    first, looped, closeness, refusal, _, _, later = trial.observe(sandbox, answer).checks
    assert (first.call, first.expected, first.got) == ("fare(2)", "90", "80")
    assert first.message == "Two kilometres cost 90."
    assert first.lines == {2, 4}
    assert (looped.call, looped.expected, looped.got) == ("fare(1)", "45", "40")
    assert (closeness.call, closeness.expected, closeness.got) == ("share(2.0)", "4.0", "")
    assert closeness.failure is not None
    assert (closeness.failure.name, closeness.failure.trace) == ("IndexError", (7,))
    assert (refusal.call, refusal.expected, refusal.got) == ("fare(-1)", "ValueError", "-40")
    assert (later.call, later.expected, later.got) == ("sum(rides)", "135", "120")


def test_nothing_of_hidden_tests_is_told_but_pass_kind_of_exception_and_lines(
    trial: Trial, sandbox: Sandbox
) -> None:
    answer = RIGHT.replace("45 * km", "44 * km").replace("x * x", "[x][int(x)]")
    hidden = trial.observe(sandbox, answer).checks[4:6]
    assert [
        (check.plan.source, check.call, check.expected, check.got, check.message) for check in hidden
    ] == [("", "", "", "", "")] * 2
    assert [check.passed for check in hidden] == [False, False]
    assert hidden[0].failure is None
    assert hidden[1].failure is not None
    assert (hidden[1].failure.name, hidden[1].failure.message) == ("IndexError", "")
    assert hidden[1].lines == {8}


@pytest.mark.parametrize(
    "reading",
    [
        "raise type(text or 'none', (Exception,), {})(text)",
        "raise type(text or 'none', (BaseException,), {})(text)",
        "return text",
        "print(text); raise SystemExit(text)",
        "assert not text, text",
    ],
)
def test_an_answer_that_reads_hidden_tests_cannot_tell(trial: Trial, sandbox: Sandbox, reading: str) -> None:
    """What it finds in the process that has them is in none of the evidence's texts."""
    answer = f"""
import sys
def fare(km):
    frame, text = sys._getframe(1), ''
    while frame is not None:
        text += repr([*frame.f_locals.values(), *frame.f_globals.values(), frame.f_code.co_consts])
        frame = frame.f_back
    mark = 'rabiznaz'[::-1] if text else ''
    text = text[text.find(mark):][:80] if mark in text else ''
    {reading}
def share(x):
    return x * x
"""
    seen = trial.observe(sandbox, answer)
    told = repr(
        [(check.call, check.expected, check.got, check.message, check.failure) for check in seen.checks]
    )
    assert "zanz" not in told
    assert seen.checks[0].passed is False


@pytest.mark.parametrize(
    ("answer", "ended", "name", "trace"),
    [
        ("def fare(km):\n    return km +\n", "syntax", "SyntaxError", (2,)),
        ("\n\ndef fare(km)\n    return 1\n", "syntax", "SyntaxError", (3,)),
        ("def fare(km):\n    return 1\n\nfare(1) + '1'\n", "error", "TypeError", (4,)),
        ("while True:\n    pass\n", "timeout", "TimeoutError", (1,)),
        ("f = " + "(" * 3000 + "1" + ")" * 3000, "syntax", "SyntaxError", (1,)),
        ("f = " + "-" * 100_000 + "1", "syntax", "SyntaxError", ()),
        ("x = []\nwhile True:\n    x.append(bytearray(10**9))\n", "memory", "MemoryError", (3,)),
    ],
)
def test_an_answer_that_does_not_run(
    trial: Trial, sandbox: Sandbox, answer: str, ended: str, name: str, trace: tuple[int, ...]
) -> None:
    seen = trial.observe(sandbox, answer)
    assert (seen.ended, passed(seen)) == (ended, [None] * 7)
    assert seen.failure is not None
    assert (seen.failure.name, seen.failure.trace[-1:]) == (name, trace)


HOSTILE = {
    "exits": "import os\ndef fare(km): os._exit(0)",
    "hangs": "def fare(km):\n    while True: pass",
    "catches everything": (
        "def fare(km):\n    while True:\n        try:\n            while True: pass\n        except: pass"
    ),
    "prints a gigabyte": "def fare(km):\n    for _ in range(1000): print('x' * 10**6)\n    return 0",
    "closes descriptors": "import os\ndef fare(km): os.closerange(0, 4096)",
    "forks": "import os\ndef fare(km):\n    while True: os.fork()",
    "hangs in repr": (
        "class Odd:\n    def __repr__(self):\n        while True: pass\ndef fare(km): return Odd()"
    ),
    "lies in its class": (
        "class Meta(type):\n    __name__ = property(lambda self: 1 / 0)\n"
        "class Odd(Exception, metaclass=Meta):\n    def __str__(self): raise SystemExit\n"
        "def fare(km): raise Odd"
    ),
    "patches": (
        "import builtins, signal\nbuiltins.compile = builtins.repr = signal.setitimer = None\n"
        "def fare(km): return 0"
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_answer_costs_its_checks_and_little_time(trial: Trial, sandbox: Sandbox, kind: str) -> None:
    seen = trial.observe(sandbox, HOSTILE[kind] + "\ndef share(x):\n    return x * x\n")
    assert seen.ended == "ran"
    assert True not in {seen.checks[at].passed for at in (0, 1, 3, 4, 6)}
    assert seen.seconds < 15


def test_lines_are_seen_although_the_answer_takes_tracing_away(trial: Trial, sandbox: Sandbox) -> None:
    answer = (
        "import sys\ndef fare(km):\n    sys.settrace(None)\n    return (lambda:\n        45 * km)()\n"
        + RIGHT[-32:]
    )
    assert trial.observe(sandbox, answer).checks[0].lines == {3, 4, 5}


def test_checks_that_cannot_be_prepared_fail_once_and_are_not_tried_again(sandbox: Sandbox) -> None:
    test = "first = f(1)\nassert first == 2\nassert first > 0\nassert f(2) == 4"
    trial = Trial(Setting((), (TestCode("t", test, visible=True),), "def f(x): return 2 * x"))
    assert passed(trial.observe(sandbox, "def f(x):\n    return {2: 4}[x]")) == [False, None, True]


def test_a_slow_answer_is_no_hanging_one_where_the_reference_is_slow(sandbox: Sandbox) -> None:
    slow = "def f(x):\n    return sum(1 for _ in range(%d)) and x"
    trial = Trial(Setting((), (TestCode("t", "assert f(1) == 1", visible=True),), slow % 4_000_000))
    assert passed(trial.observe(sandbox, slow % 16_000_000)) == [True]


def test_many_programs_at_once_and_one_by_one(programs: ProgramTrials) -> None:
    wrong = RIGHT.replace("45", "46")
    endless = "def fare(km):\n    while True: pass"
    exits = "import os\nos._exit(1)"
    right, others = (True,) * 7, [wrong, "syntax error", endless, exits]
    told = programs.passed([RIGHT, *others, RIGHT], seconds=30)
    assert told[0] == told[5] == right
    assert told[1] == (False, False, True, True, False, True, False)
    assert told[2:5] == [(False,) * 7] * 3
    assert programs.passed([RIGHT], seconds=10) == [right]


def test_a_program_that_fails_the_gate_is_given_up(programs: ProgramTrials) -> None:
    wrong = RIGHT.replace("45", "46")
    some = (False, False, True, True, False, True, False)
    assert programs.passed([RIGHT, wrong], seconds=30, gate=0) == [(True,) * 7, (False,) * 7]
    assert programs.passed([RIGHT, wrong], seconds=30, gate=2) == [(True,) * 7, some]
    assert programs.passed([wrong], seconds=30) == [some]


def test_a_check_that_cannot_be_asked_twice_is_no_gate(sandbox: Sandbox) -> None:
    test = TestCode("t", "assert counted() == 1\nassert counted() == 2", visible=True)
    right = "n = []\ndef counted():\n    n.append(1)\n    return len(n)"
    with Trial(Setting((), (test,), right)).programs(sandbox) as programs:
        assert programs.passed([right, "def counted(): return 1"], seconds=10, gate=1) == [
            (True, True),
            (True, False),
        ]


def test_programs_begin_with_the_same_variables(sandbox: Sandbox) -> None:
    setting = Setting(
        before=("store = [1]\ndef double(): return 2 * answer()",),
        tests=(TestCode("t", "assert answer() == 2\nassert double() == 4", visible=True),),
        reference="def answer():\n    store.append(1)\n    return len(store)",
    )
    greedy = "def answer():\n    store.append(1)\n    return len(store)\ndef double(): return 4"
    with Trial(setting).programs(sandbox) as programs:
        assert programs.passed([greedy] * 3, seconds=10) == [(True, True)] * 3


def test_programs_that_there_is_no_time_for_are_not_judged(programs: ProgramTrials) -> None:
    assert programs.passed([RIGHT], seconds=0.0) == [None]
