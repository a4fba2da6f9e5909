"""How the search goes about its time: what is asked of the tests, and when little of it is enough."""

import ast
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from darsgah_tutor.repair.alignment import align
from darsgah_tutor.repair.fewest import fewest
from darsgah_tutor.repair.judge import Judge
from darsgah_tutor.repair.trees import canonical, render, without_docstrings
from darsgah_tutor.spectrum import code_lines
from darsgah_tutor.types import Ended, Evidence

Answer = TypeVar("Answer")
WRONG = "def work(a):\n    b = 1\n    c = 2\n    while a:\n        b += c\n    return b + 3\n"
RIGHT = "def work(a):\n    b = 0\n    c = 2\n    while a:\n        b += c\n        a -= 1\n    return b + 4\n"


@dataclass
class Recorded:
    """Says of programs whether a text is in them, and keeps what it was asked."""

    wanted: tuple[str, ...]
    asked: list[tuple[str, int | None]] = field(default_factory=list)

    def observe(self, source: str) -> Evidence:
        """Nothing is seen."""
        return Evidence(source, Ended.RAN)

    def passed(
        self, sources: Sequence[str], *, seconds: float, gate: int | None = None
    ) -> list[tuple[bool, ...] | None]:
        """By what stands in the source."""
        assert seconds > 0
        self.asked += [(source, gate) for source in sources]
        told = [tuple(text in source for text in self.wanted) for source in sources]
        return [passed if gate is None or passed[gate] else (False,) * len(passed) for passed in told]


def parsed(source: str) -> ast.Module:
    return without_docstrings(ast.parse(source))


def answered(
    inquiry: Generator[list[ast.Module], list[tuple[bool, ...] | None], Answer], trials: Recorded
) -> Answer:
    programs = next(inquiry)
    while True:
        try:
            programs = inquiry.send(trials.passed([render(one) for one in programs], seconds=1.0))
        except StopIteration as ended:
            found: Answer = ended.value
            return found


def test_where_the_program_hangs_edits_are_only_taken_back() -> None:
    script = align(parsed(WRONG), parsed(RIGHT), code_lines(WRONG))
    wanted = ("b = 0", "a -= 1")
    results = {}
    for hangs in (False, True):
        trials = Recorded(wanted)
        program = answered(fewest(script, hangs=hangs), trials)
        assert program is not None
        results[hangs] = canonical(program)
        singles = [source for source, _ in trials.asked if "a -= 1" not in source and "b = 1" in source]
        assert bool(singles) is not hangs
    assert results[True] == results[False] == canonical(parsed(RIGHT.replace("+ 4", "+ 3")))


def test_one_program_says_that_a_script_leads_nowhere() -> None:
    script = align(parsed(WRONG), parsed(RIGHT), code_lines(WRONG))
    trials = Recorded(("never",))
    assert answered(fewest(script, hangs=False), trials) is None
    assert len(trials.asked) == 1


def test_what_was_given_up_at_the_gate_is_asked_about_when_everything_counts() -> None:
    trials = Recorded(("b = 1", "a -= 1", "c = 2"))
    judge = Judge(trials, (True, False, True), 10.0)
    wrong, right = parsed(WRONG), parsed(RIGHT.replace("b = 0", "b = 1"))
    assert judge.judged([wrong, right], gated=True) == [(False, False, False), (True, True, True)]
    assert judge.judged([wrong, right], gated=False) == [(True, False, True), (True, True, True)]
    assert [(gate, source == render(right)) for source, gate in trials.asked] == [
        (1, False),
        (1, True),
        (None, False),
    ]
    assert judge.right[0] is right
