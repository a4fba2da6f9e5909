"""Asks the tests which candidate programs are right, within a time that the whole search shares.

A call of the sandbox takes as long as dozens of small programs in it, so that questions are put together:
what wants to know about programs is written as an inquiry, a generator that yields programs and is sent what
they pass, and inquiries go on side by side.
"""

import ast
import time
from collections.abc import Generator, Iterable, Sequence
from typing import TypeVar

from darsgah_tutor.repair.trees import render
from darsgah_tutor.types import Trials

Passed = tuple[bool, ...]
"""For each check whether a program passes it."""
Answer = TypeVar("Answer")
Inquiry = Generator[list[ast.Module], list[Passed | None], Answer]
"""Yields programs to try, is sent their verdicts, returns what it found."""


class Judge:
    """Trials with a deadline and a memory.

    Attributes:
        before: checks that the learner's program passes.
        right: those that passed, in the order in which they were met.
    """

    def __init__(self, trials: Trials, before: Passed, seconds: float) -> None:
        self.before = before
        self.right: list[ast.Module] = []
        self._trials = trials
        self._ends = time.monotonic() + seconds
        self._known: dict[str, Passed] = {}

    @property
    def left(self) -> float:
        """Seconds until the deadline; not above 0 when it has passed."""
        return self._ends - time.monotonic()

    def judged(self, programs: Sequence[ast.Module]) -> list[Passed | None]:
        """The checks that each passes; None for those that time was too short for, or that are no Python."""
        sources = [_source(program) for program in programs]
        new = [source for source in dict.fromkeys(sources) if source and source not in self._known]
        if new and self.left > 0:
            passed = self._trials.passed(new, seconds=self.left)
            for source, result in zip(new, passed, strict=True):
                if result is not None:
                    self._known[source] = result
        verdicts = [self._known.get(source) for source in sources]
        self.right += [
            program for program, passed in zip(programs, verdicts, strict=True) if is_right(passed)
        ]
        return verdicts

    def answered(self, inquiries: Iterable[Inquiry[Answer]]) -> list[Answer]:
        """What the inquiries found, in the order in which they ended; those that time cut off are missing."""
        found: list[Answer] = []
        waiting = [(inquiry, next(inquiry)) for inquiry in inquiries]
        while waiting and self.left > 0:
            verdicts = self.judged([program for _, programs in waiting for program in programs])
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
