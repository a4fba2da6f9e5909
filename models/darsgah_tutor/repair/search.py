"""The search for the nearest correct program, in ways that grow dearer, until the time is used.

1. Alignment: the learner's program is laid over each reference and its behaviour-preserving variants; of the
   edits that lead there, the fewest that the tests ask for are kept.
2. One edit: slips and rearrangements on suspect lines.
3. More edits: what let more checks pass, or has fewer faults that show without running, is edited on; then
   pairs of likely edits of expressions.
4. Alignment with correct answers of peers, where they are given.

The nearest of what was found is the repair, whichever way led to it.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice

from darsgah_tutor.repair.alignment import Script, align
from darsgah_tutor.repair.edits import Candidate, one_edit
from darsgah_tutor.repair.fewest import fewest
from darsgah_tutor.repair.judge import Judge, is_right
from darsgah_tutor.repair.soundness import faults, has_endless_loop
from darsgah_tutor.repair.stock import Stock

_NEAR = 4.0
"""A cost at which no nearer program is looked for: an operator, a name, a constant."""
_SCRIPTS = 8
"""Other programs with which the learner's is aligned, nearest first."""
_BATCH = 100
_LARGEST_BATCH = 400
"""Programs that are tried at once: few at first, as one of them may do, then twice as many each time."""
_FIRST, _FURTHER = 2500, 400
"""Programs one edit away that are tried: from the learner's, and from each that is edited on."""
_WIDTH = 6
"""Programs that are edited on, of those that pass more checks than the learner's."""
_DEPTH = 5
_PAIRED, _PER_PLACE, _PAIRS = 90, 6, 1500
"""Likely edits that are tried in pairs, how many of them at one place, and how many pairs."""


@dataclass(frozen=True)
class Found:
    """A correct program, how far it is from the learner's, and what led to it."""

    program: ast.Module
    cost: float
    way: str


@dataclass(frozen=True)
class Search:
    """What is known while a program is sought.

    Attributes:
        lines: code lines of the learner's answer.
        suspicion: of those lines.
    """

    learner: ast.Module
    lines: tuple[int, ...]
    suspicion: Mapping[int, float]
    stock: Stock
    judge: Judge

    def found(self, others: Sequence[ast.Module], peers: Sequence[ast.Module]) -> Found | None:
        """The nearest correct program that the time allows."""
        nearest: Found | None = None
        for way in ("alignment", "edit", "peer"):
            below = nearest.cost if nearest else float("inf")
            if below <= _NEAR or self.judge.left <= 0:
                break
            if way == "edit":
                program = self.edited(below)
            else:
                program = self.aligned(others if way == "alignment" else peers, below)
            if program is not None:
                nearest = Found(program, self.cost(program), way)
        return nearest

    def script(self, program: ast.Module) -> Script:
        """How the learner's program becomes another one."""
        return align(self.learner, program, self.lines)

    def cost(self, program: ast.Module) -> float:
        """How far a program is from the learner's."""
        return self.script(program).cost()

    def aligned(self, others: Iterable[ast.Module], below: float) -> ast.Module | None:
        """The nearest program below a cost that takes over parts of others."""
        scripts = sorted((self.script(other) for other in others), key=Script.cost)
        answers = self.judge.answered(map(fewest, scripts[:_SCRIPTS]))
        found = [program for program in answers if program is not None] or self.judge.right[-1:]
        costs = [(self.cost(program), number) for number, program in enumerate(found)]
        cost, number = min(costs, default=(below, 0))
        return found[number] if cost < below else None

    def edited(self, below: float) -> ast.Module | None:
        """A program below a cost that is few edits away."""
        first = one_edit(self.learner, self.stock, self.suspicion)
        attempt = self._tried((candidate.built() for candidate in first[:_FIRST]), below)
        for _ in range(_DEPTH - 1):
            started, attempt.better = attempt.best(), []
            for program in started:
                if attempt.right is None:
                    further = one_edit(program, self.stock, self.suspicion)[:_FURTHER]
                    again = self._tried((candidate.built() for candidate in further), below)
                    attempt = _Attempt(again.right, attempt.better + again.better)
        if attempt.right is None:
            attempt = self._tried(_pairs(first), below)
        return attempt.right

    def _tried(self, programs: Iterator[ast.Module], below: float) -> "_Attempt":
        """The first batch with a correct program ends it; of those in it the nearest counts."""
        attempt = _Attempt()
        faulty = faults(self.learner, self.stock)
        programs = (program for program in programs if not has_endless_loop(program))
        count = _BATCH
        while (batch := list(islice(programs, count))) and self.judge.left > 0:
            count = min(2 * count, _LARGEST_BATCH)
            verdicts = self.judge.judged(batch)
            right = [one for one, passed in zip(batch, verdicts, strict=True) if is_right(passed)]
            near = [(cost, number) for number, one in enumerate(right) if (cost := self.cost(one)) < below]
            if near:
                attempt.right = right[min(near)[1]]
                break
            for one, passed in zip(batch, verdicts, strict=True):
                if passed is not None and not all(passed):
                    progress = sum(passed) - sum(self.judge.before)
                    if faulty:
                        progress += faulty - faults(one, self.stock)
                    if progress > 0:
                        attempt.better.append((progress, one))
        return attempt


@dataclass
class _Attempt:
    """A correct program, where one was met, and those that are better than before, with how good they are."""

    right: ast.Module | None = None
    better: list[tuple[int, ast.Module]] = field(default_factory=list)

    def best(self) -> list[ast.Module]:
        """What is worth editing on."""
        self.better.sort(key=lambda one: -one[0])
        return [program for _, program in self.better[:_WIDTH]]


def _pairs(candidates: Sequence[Candidate]) -> Iterator[ast.Module]:
    """Programs two edits of expressions away, the likeliest first."""
    at_place: Counter[object] = Counter()
    likely = []
    for candidate in candidates:
        at_place[candidate.place] += 1
        if not candidate.field and at_place[candidate.place] <= _PER_PLACE:
            likely.append(candidate)
    pairs = [two for two in combinations(likely[:_PAIRED], 2) if two[0].apart_from(two[1])]
    pairs.sort(key=lambda two: -two[0].score * two[1].score)
    return (one.joined(other) for one, other in pairs[:_PAIRS])
