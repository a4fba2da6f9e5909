"""Asks the tests which candidate programs are right, within a time that the whole search shares."""

import ast
import time
from collections.abc import Iterable, Sequence

from darsgah_tutor.repair.trees import render
from darsgah_tutor.types import Trials

_BATCH = 48
"""Programs that are tried at once: few enough to stop soon, enough to spread what a call costs."""

Passed = tuple[bool, ...]


class Judge:
    """Trials with a deadline and a memory.

    Attributes:
        before: checks that the learner's program passes.
        tried: programs that the tests were asked about.
    """

    def __init__(self, trials: Trials, before: Passed, seconds: float) -> None:
        self.before = before
        self.tried = 0
        self._trials = trials
        self._ends = time.monotonic() + seconds
        self._known: dict[str, Passed] = {}

    @property
    def left(self) -> float:
        """Seconds until the deadline; not above 0 when it has passed."""
        return self._ends - time.monotonic()

    def judged(self, programs: Sequence[ast.Module]) -> list[Passed | None]:
        """The checks that each passes; None for those that time was too short for."""
        sources = [render(program) for program in programs]
        new = [source for source in dict.fromkeys(sources) if source not in self._known]
        if new and self.left > 0:
            self.tried += len(new)
            passed = self._trials.passed(new, seconds=self.left)
            for source, result in zip(new, passed, strict=True):
                if result is not None:
                    self._known[source] = result
        return [self._known.get(source) for source in sources]

    def right(self, program: ast.Module) -> bool:
        """It passes every check."""
        return is_right(self.judged([program])[0])

    def first_right(self, programs: Iterable[ast.Module]) -> ast.Module | None:
        """The first of the programs, which come best first, that passes every check."""
        waiting = list(programs)
        while waiting and self.left > 0:
            batch, waiting = waiting[:_BATCH], waiting[_BATCH:]
            for program, passed in zip(batch, self.judged(batch), strict=True):
                if is_right(passed):
                    return program
        return None


def is_right(passed: Passed | None) -> bool:
    """Every check is passed."""
    return passed is not None and bool(passed) and all(passed)
