"""Asks the tests which candidate programs are right, within a time that the whole search shares.

A call of the sandbox takes as long as dozens of small programs in it, so that questions are put together:
what wants to know about programs is written as an inquiry, a generator that yields programs and is sent what
they pass, and inquiries go on side by side.
"""

import ast
import time
from collections import ChainMap
from collections.abc import Generator, Iterable, Sequence
from typing import TypeVar

from darsgah_tutor.repair.trees import render
from darsgah_tutor.types import Trials

Passed = tuple[bool, ...]
"""For each check whether a program passes it."""
Answer = TypeVar("Answer")
_SLOW = 0.004
"""Seconds that asking about one program takes, from which on most are to be given up at their first check."""
Inquiry = Generator[list[ast.Module], list[Passed | None], Answer]
"""Yields programs to try, is sent which are right by all their checks, returns what it found."""


class Judge:
    """Trials with a deadline and a memory.

    Attributes:
        before: checks that the learner's program passes.
        slow: the tests take so long that programs are only asked about them all where one would be right.
        right: those that passed, in the order in which they were met.
    """

    def __init__(self, trials: Trials, before: Passed, seconds: float) -> None:
        self.before = before
        self.slow = False
        self.right: list[ast.Module] = []
        self._trials = trials
        self._ends = time.monotonic() + seconds
        self._known: dict[str, Passed] = {}
        self._given_up: dict[str, Passed] = {}
        self._gate = next((number for number, passed in enumerate(before) if not passed), None)

    @property
    def left(self) -> float:
        """Seconds until the deadline; not above 0 when it has passed."""
        return self._ends - time.monotonic()

    def time(self, learner: ast.Module, right: ast.Module) -> None:
        """Find out whether the tests are slow, by a correct program; the learner's opens the process."""
        self.judged([learner], gated=False)
        began = time.monotonic()
        self.judged([right], gated=False)
        self.slow = time.monotonic() - began > _SLOW

    def judged(
        self, programs: Sequence[ast.Module], *, gated: bool, leaving: float = 0.0
    ) -> list[Passed | None]:
        """The checks that each passes; None for those that time was too short for, or that are no Python.

        Args:
            gated: programs that fail a check which the learner's fails count as failing all, which is known
                much sooner.
            leaving: seconds that are not to be used.
        """
        gate = self._gate if gated else None
        known = self._known if gate is None else ChainMap(self._known, self._given_up)
        sources = [_source(program) for program in programs]
        new = [source for source in dict.fromkeys(sources) if source and source not in known]
        if new and (left := self.left - leaving) > 0:
            passed = self._trials.passed(new, seconds=left, gate=gate)
            for source, result in zip(new, passed, strict=True):
                if result is not None:
                    kept = self._known if gate is None or any(result) else self._given_up
                    kept[source] = result
        verdicts = [known.get(source) for source in sources]
        self.right += [
            program for program, passed in zip(programs, verdicts, strict=True) if is_right(passed)
        ]
        return verdicts

    def answered(self, inquiries: Iterable[Inquiry[Answer]]) -> list[Answer]:
        """What the inquiries found, in the order in which they ended; those that time cut off are missing."""
        found: list[Answer] = []
        waiting = [(inquiry, next(inquiry)) for inquiry in inquiries]
        while waiting and self.left > 0:
            asked_about = [program for _, programs in waiting for program in programs]
            verdicts = self.judged(asked_about, gated=True)
            asked, waiting = waiting, []
            for inquiry, programs in asked:
                own, verdicts = verdicts[: len(programs)], verdicts[len(programs) :]
                try:
                    waiting.append((inquiry, inquiry.send(own)))
                except StopIteration as ended:
                    found.append(ended.value)
        return found


def _source(program: ast.Module) -> str:
    """The program's text; nothing where it cannot be written, as with a line end inside of an f-string."""
    try:
        return render(program)
    except ValueError:
        return ""


def is_right(passed: Passed | None) -> bool:
    """Every check is passed."""
    return passed is not None and bool(passed) and all(passed)
