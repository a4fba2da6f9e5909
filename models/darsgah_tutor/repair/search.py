"""The search for the nearest correct program, in ways that grow dearer, until the time is used.

1. Alignment: the learner's program is laid over each reference and its behaviour-preserving variants; of the
   edits that lead there, the fewest that the tests ask for are kept. Then likewise with correct answers of
   peers, where they are given.
2. One edit: slips and rearrangements on suspect lines.
3. More edits: what let more checks pass, or has fewer faults that show without running, is edited on; then
   pairs of likely edits of expressions.

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
from darsgah_tutor.repair.idleness import idle
from darsgah_tutor.repair.judge import Judge, is_right
from darsgah_tutor.repair.soundness import faults, has_endless_loop
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import canonical, kept, size

_NEAR = 4.0
"""A cost at which no nearer program is looked for: an operator, a name, a constant."""
_SCRIPTS = 8
"""Other programs with which the learner's is aligned, nearest first."""
_BATCH = 100
_LARGEST_BATCH = 400
"""Programs that are tried at once: few at first, as one of them may do, then twice as many each time."""
_FIRST, _FURTHER = 2500, 400
"""Programs one edit away that are tried: from the learner's, and from each that is edited on."""
_WIDTH, _ALIKE = 8, 3
"""Programs that are edited on, of those that are better than the learner's; of equally good ones."""
_DEPTH = 5
_WHOLE = 0.9
"""What a program has to have of the learner's size, for fewer faults in it to count as better."""
_PER_NODE, _PER_LINE = 7, 16
"""Edits of one expression, and rearrangements at one line, where not all are tried."""
_PAIRED, _PAIRS = 90, 1500
"""Likely edits that are tried in pairs, and how many pairs."""


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

    def found(self, others: Sequence[tuple[str, Iterable[ast.Module]]]) -> Found | None:
        """The nearest correct program that the time allows.

        Args:
            others: correct programs in the learner's names, in groups, each with what the way is called; made
                as late as they are asked for, and not where something as near as can be was found before.
        """
        nearest: Found | None = None
        for way, group in (*others, ("edit", ())):
            below = nearest.cost if nearest else float("inf")
            if below <= _NEAR or self.judge.left <= 0:
                break
            program = self.edited(below) if way == "edit" else self.aligned(group, below)
            if program is not None:
                nearest = Found(program, self.cost(program), way)
        return nearest

    def script(self, program: ast.Module) -> Script:
        """How the learner's program becomes another one."""
        return align(self.learner, program, self.lines)

    def cost(self, program: ast.Module) -> float:
        """How far a program is from the learner's; what of it does nothing any more is given up too."""
        return self.script(program).cost() + sum(map(size, self.made_idle(program)))

    def made_idle(self, program: ast.Module) -> list[ast.stmt]:
        """The learner's statements that stand in a program and do nothing there, as they did before."""
        before = kept(self.learner, "idle", lambda: frozenset(map(canonical, idle(self.learner))))
        return [one for one in idle(program) if canonical(one) not in before]

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
                    further = _spread(one_edit(program, self.stock, self.suspicion))
                    again = self._tried((one.built() for one in islice(further, _FURTHER)), below)
                    attempt = _Attempt(again.right, attempt.better + again.better)
        if attempt.right is None:
            attempt = self._tried(_pairs(first), below)
        return attempt.right

    def _is_whole(self, program: ast.Module) -> bool:
        """Its faults are not gone because the code is."""
        return size(program) >= _WHOLE * size(self.learner)

    def _tried(self, programs: Iterator[ast.Module], below: float) -> "_Attempt":
        """The first batch with a correct program ends it; of those in it the nearest counts."""
        attempt = _Attempt()
        faulty = faults(self.learner, self.stock)
        if not faulty:  # an unknown name may be that of what a loop's condition reads
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
                    mended = faulty - faults(one, self.stock) if faulty and self._is_whole(one) else 0
                    progress = sum(passed) - sum(self.judge.before) + mended
                    if progress > 0:
                        attempt.better.append((progress, (passed, mended), one))
        return attempt


@dataclass
class _Attempt:
    """What came of trying programs.

    Attributes:
        right: a correct one, where one was met.
        better: those that are better than the learner's: by how much, how they fared, and the program.
    """

    right: ast.Module | None = None
    better: list[tuple[int, object, ast.Module]] = field(default_factory=list)

    def best(self) -> list[ast.Module]:
        """What is worth editing on: of programs that fared the same only a few."""
        alike: Counter[object] = Counter()
        best = []
        for _, fared, program in sorted(self.better, key=lambda one: -one[0]):
            alike[fared] += 1
            if alike[fared] <= _ALIKE:
                best.append(program)
        return best[:_WIDTH]


def _spread(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """The likeliest edits of each place alone: no place takes all the time."""
    at_place: Counter[object] = Counter()
    for candidate in candidates:
        place = candidate.place, candidate.field, candidate.line
        at_place[place] += 1
        if at_place[place] <= (_PER_LINE if candidate.field else _PER_NODE):
            yield candidate


def _pairs(candidates: Sequence[Candidate]) -> Iterator[ast.Module]:
    """Programs two edits of expressions away, the likeliest first."""
    likely = [candidate for candidate in _spread(candidates) if not candidate.field]
    pairs = [two for two in combinations(likely[:_PAIRED], 2) if two[0].apart_from(two[1])]
    pairs.sort(key=lambda two: -two[0].score * two[1].score)
    return (one.joined(other) for one, other in pairs[:_PAIRS])
