"""Detectors: each misconception is found where it is, and correct programs are left alone."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from darsgah.hinting.lab_questions import LabQuestion, lab_questions
from darsgah_grader.environments import Environments
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Limits, Master
from darsgah_tutor.detectors import detect, parse
from darsgah_tutor.misconceptions import general_bank
from darsgah_tutor.realiser import realise
from darsgah_tutor.types import Check, Ended, Evidence, Level, Question, Raised, Test
from tests.tutor.shipped_questions import shipped_labs

CASES = sorted(path.parent for path in Path(__file__).with_name("cases").glob("*/case.toml"))
SURE = 0.5
"""Strength from which a finding says more than that a habit was seen."""


@dataclass(frozen=True)
class Case:
    """A question, an answer that shows a misconception, one that does not, and what is expected."""

    held: LabQuestion
    has_it: str
    lacks_it: str
    expected: dict[str, Any]


def case_of(folder: Path) -> Case:
    case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    if (folder / "has_it.ipynb").exists():
        has, lacks = _asked(folder, case, "has_it"), _asked(folder, case, "lacks_it")
        return Case(lacks, has.answer, lacks.answer, case["expected"])
    has_it, lacks_it = (
        (folder / f"{name}.py").read_text(encoding="utf-8") for name in ("has_it", "lacks_it")
    )
    tests, setup = (Test("test", case["tests"]),), case.get("setup", "")
    question = Question(folder.name, case["description"], "", (lacks_it,), setup, tests, case["environment"])
    held = LabQuestion("", question, has_it, (setup,), (), {}, Limits())
    return Case(held, has_it, lacks_it, case["expected"])


def _asked(folder: Path, case: dict[str, Any], name: str) -> LabQuestion:
    """The notebook of that name as a learner's; the one without the misconception is the lab's as well."""
    lab = Master("lab", (folder / "lacks_it.ipynb").read_bytes())
    assignment = Assignment((lab,), Environments().named(case["environment"]))
    (question,) = lab_questions(assignment, (), {"lab": (folder / f"{name}.ipynb").read_bytes()})
    return question


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path, grader: Grader) -> None:
    case = case_of(folder)
    question = case.held.question
    trials = case.held.trials(grader)

    wrong = trials.observe(case.has_it)
    assert not wrong.correct
    first = detect(parse(wrong.source), wrong, question)[0]
    assert (first.misconception, first.line) == (case.expected["misconception"], case.expected["line"])
    assert first.strength >= SURE
    hint = realise(Level.WHERE, wrong, (first.line,), general_bank()[first.misconception], first.slots)
    assert hint is not None
    assert hint.text["en"] == case.expected["hint"]
    assert hint.text["ur"]

    right = trials.observe(case.lacks_it)
    assert right.correct
    assert not [one for one in detect(parse(right.source), right, question) if one.strength >= SURE]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("[True, False, True, False]", "[True, True, False, False]"),
        ("[True, False]", "[False, True]"),
        ("array([0, 1, 1, 0])", "array([1, 0, 1, 0])"),
        ("['spam', 'ham', 'ham']", "['ham', 'spam', 'ham']"),
    ],
)
def test_marks_of_two_kinds_in_other_places_are_no_question_of_order(expected: str, got: str) -> None:
    source = "def f(a):\n    return [g(one) for one in a]"
    check = Check("test", 1, True, False, call="f([2, 3])", expected=expected, got=got, lines=frozenset({2}))
    found = detect(parse(source), Evidence(source, Ended.RAN, (check,)), QUESTION)
    assert not [one for one in found if "order" in one.misconception and one.strength >= SURE]


def test_every_misconception_of_the_bank_has_a_case() -> None:
    cases = [tomllib.loads((folder / "case.toml").read_text(encoding="utf-8")) for folder in CASES]
    assert {case["expected"]["misconception"] for case in cases} == set(general_bank())


def failing(source: str) -> Evidence:
    """A correct answer as if a check had failed that says nothing of why, with every line suspect."""
    lines = frozenset(range(1, source.count("\n") + 2))
    checks = (
        Check("test", 1, True, False, call="f(7)", expected="20", got="6", lines=lines),
        Check("test", 2, True, False, call="f([3, 8])", expected="[3, 1]", got="[8, 5]", lines=lines),
    )
    return Evidence(source, Ended.RAN, checks)


def test_correct_programs_are_left_alone() -> None:
    programs = 0
    alarms: Counter[str] = Counter()
    for lab in shipped_labs():
        for held in lab.questions:
            for source in held.question.references:
                programs += 1
                found = detect(parse(source), failing(source), held.question)
                alarms.update(one.misconception for one in found if one.strength >= SURE)
    assert programs > 150
    assert {name: count for name, count in alarms.items() if count > 0.02 * programs} == {}
    assert sum(alarms.values()) < 0.05 * programs


QUESTION = Question("q", "", "", (), "", (Test("test", "assert f(1) == 1"),), "data")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n\n",
        "x = " + "(" * 300 + "1" + ")" * 300,
        "x = " + "-" * 5000 + "1",
        "x = " + "[" * 90 + "]" * 90,
        "def f(a):\n    return " + " + ".join(["a"] * 3000),
        "def f(a):\n"
        + "".join("    " * depth + f"if a:  # {depth}\n" for depth in range(1, 90))
        + "    " * 91,
        "%matplotlib inline\n!ls\ndef f(a):\n    %time a\n    return a",
        "\x00",
        "def f(:\n",
        "f(*a, **b)[::2].c(d=[])() += 1",
        "class A:\n    x: int\n    def __init__(self, /, *, y): return y",
        "match x:\n    case [1, *rest]: rest.append(rest)\n",
        "async def f(a):\n    async for x in a:\n        await x\n    global y\n    y = (yield)",
    ],
    ids=range(14),
)
@pytest.mark.parametrize(
    "name", ["SyntaxError", "NameError", "IndexError", "KeyError", "TypeError", "ValueError"]
)
def test_no_answer_and_no_message_is_too_much(source: str, name: str) -> None:
    ended = Ended.SYNTAX if name == "SyntaxError" else Ended.ERROR
    for message in (
        "",
        "'a'",
        "name 'np' is not defined",
        "'NoneType' object is not callable",
        "index out of range",
    ):
        evidence = Evidence(source, ended, (), Raised(name, message, 3, (1, 3)))
        for finding in detect(parse(source), evidence, QUESTION):
            assert finding.misconception in general_bank()
            assert finding.line >= 1


def test_every_shipped_answer_without_one_of_its_lines() -> None:
    for lab in shipped_labs():
        for held in lab.questions[:3]:
            rows = held.question.references[0].splitlines()
            for at in range(len(rows)):
                source = "\n".join(rows[:at] + rows[at + 1 :])
                for finding in detect(parse(source), failing(source), held.question):
                    assert finding.misconception in general_bank()


@pytest.mark.parametrize("times", [90, 2000])
def test_a_long_answer_takes_no_longer_than_a_learner_waits(times: int) -> None:
    body = "    x = int(y) + z[0]\n    if x:\n        h += rate * gradient\n    w[0] = np.exp(x)\n"
    source = "def f(y, z, w):\n" + body * times
    began = monotonic()
    detect(parse(source), failing(source), QUESTION)
    assert monotonic() - began < 5
