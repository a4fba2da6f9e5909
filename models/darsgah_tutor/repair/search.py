"""The search for the nearest correct program, in ways that grow dearer, until the time is used.

1. Alignment: the learner's program is laid over each reference; of the edits that lead there, the fewest
   that the tests ask for are kept.
2. Slips: the likeliest edits of suspect lines, for a share of the time; before the alignment where no
   reference is built like the answer, as then nothing else finds what one edit mends.
3. Alignment with correct answers of peers, where they are given, and with behaviour-preserving variants of
   the references; then what was left of the edits.
4. More edits: what let more checks pass, or has fewer faults that show without running, is edited on; then
   pairs of likely edits of expressions.

The nearest of what was found is the repair, whichever way led to it.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, takewhile

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
_BESIDE = 4
"""So many of them at once."""
_SHARE_BUILT_ALIKE, _SHARE_BUILT_OTHERWISE = 0.3, 0.6
"""Of the time that is left, what slips get."""
_SLIP = 0.5
"""Share of the learner's nodes up to which an edit is a slip."""
_BATCH = 100
_LARGEST_BATCH = 400
"""Programs that are tried at once: few at first, as one of them may do, then twice as many each time."""
_FIRST, _FURTHER = 4000, 500
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
        hangs: the learner's program ran out of time.
        alike: a reference is built like it, so that the references are looked at before the slips.
    """

    learner: ast.Module
    lines: tuple[int, ...]
    suspicion: Mapping[int, float]
    stock: Stock
    judge: Judge
    hangs: bool
    alike: bool

    def found(self, others: Sequence[tuple[str, Iterable[ast.Module]]]) -> Found | None:
        """The nearest correct program that the time allows.

        Args:
            others: correct programs in the learner's names, in groups, each with what the way is called; made
                as late as they are asked for, and not where something as near as can be was found before.
        """
        slips = _Slips(one_edit(self.learner, self.stock, self.suspicion))
        nearest: Found | None = None
        for number, (way, group) in enumerate(others):
            if number == (1 if self.alike else 0) and not self._is_done(nearest):
                nearest = self._nearer(nearest, "edit", self.slipped(slips, _cost(nearest)))
            if self._is_done(nearest):
                break
            nearest = self._nearer(nearest, way, self.aligned(group, _cost(nearest)))
        if slips.attempt.right is None and not self._is_done(nearest):
            nearest = self._nearer(nearest, "edit", self.edited(slips, _cost(nearest)))
        return nearest

    def _is_done(self, nearest: Found | None) -> bool:
        return self.judge.left <= 0 or _cost(nearest) <= _NEAR

    def _nearer(self, nearest: Found | None, way: str, program: ast.Module | None) -> Found | None:
        return nearest if program is None else Found(program, self.cost(program), way)

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
        timely = takewhile(lambda _: self.judge.left > 0, others)
        scripts = sorted((self.script(other) for other in timely), key=Script.cost)[:_SCRIPTS]
        found: list[ast.Module] = []
        for at in range(0, len(scripts), _BESIDE):
            inquiries = (fewest(script, hangs=self.hangs) for script in scripts[at : at + _BESIDE])
            answers = self.judge.answered(inquiries)
            found += [program for program in answers if program is not None]
        found = found or self.judge.right[-1:]
        costs = [(self.cost(program), number) for number, program in enumerate(found)]
        cost, number = min(costs, default=(below, 0))
        return found[number] if cost < below else None

    def slipped(self, slips: "_Slips", below: float) -> ast.Module | None:
        """A program below a cost that is one small edit away, for a share of the time."""
        leaving = self.judge.left * (1 - (_SHARE_BUILT_ALIKE if self.alike else _SHARE_BUILT_OTHERWISE))
        small = min(below, _SLIP * size(self.learner))
        slips.attempt = self._tried(slips.waiting, small, leaving=leaving)
        return slips.attempt.right

    def edited(self, slips: "_Slips", below: float) -> ast.Module | None:
        """A program below a cost that is few edits away."""
        attempt = self._tried(chain(slips.attempt.untried, slips.waiting), below)
        attempt.better += slips.attempt.better
        for _ in range(_DEPTH - 1):
            started, attempt.better = attempt.best(), []
            for program in started:
                if attempt.right is None:
                    further = _spread(one_edit(program, self.stock, self.suspicion))
                    again = self._tried((one.built() for one in islice(further, _FURTHER)), below)
                    attempt = _Attempt(again.right, attempt.better + again.better)
        if attempt.right is None:
            attempt = self._tried(_pairs(slips.candidates), below)
        return attempt.right

    def _is_whole(self, program: ast.Module) -> bool:
        """Its faults are not gone because the code is."""
        return size(program) >= _WHOLE * size(self.learner)

    def _tried(self, programs: Iterator[ast.Module], below: float, *, leaving: float = 0.0) -> "_Attempt":
        """The first batch with a correct program ends it; of those in it the nearest counts.

        ``leaving`` are seconds that are left for others.
        """
        attempt = _Attempt()
        faulty = faults(self.learner, self.stock)
        if not faulty:  # an unknown name may be that of what a loop's condition reads
            programs = (program for program in programs if not has_endless_loop(program))
        count = _BATCH
        while self.judge.left > leaving and (batch := list(islice(programs, count))):
            count = min(2 * count, _LARGEST_BATCH)
            verdicts = self.judge.judged(batch, gated=self.judge.slow, leaving=leaving)
            right = [one for one, passed in zip(batch, verdicts, strict=True) if is_right(passed)]
            near = [(cost, number) for number, one in enumerate(right) if (cost := self.cost(one)) < below]
            if near:
                attempt.right = right[min(near)[1]]
                break
            for one, passed in zip(batch, verdicts, strict=True):
                if passed is None:
                    attempt.untried.append(one)
                elif not all(passed):
                    mended = faulty - faults(one, self.stock) if faulty and self._is_whole(one) else 0
                    progress = sum(passed) - sum(self.judge.before) + mended
                    if progress > 0:
                        attempt.better.append((progress, (passed, mended), one))
        return attempt


def _cost(found: Found | None) -> float:
    return found.cost if found else float("inf")


class _Slips:
    """Edits of the learner's program, likeliest first, and how far one has come in trying them."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.candidates = candidates
        self.waiting = (candidate.built() for candidate in candidates[:_FIRST])
        self.attempt = _Attempt()


@dataclass
class _Attempt:
    """What came of trying programs.

    Attributes:
        right: a correct one, where one was met.
        better: those that are better than the learner's: by how much, how they fared, and the program.
        untried: those for which time was too short, or that are no Python.
    """

    right: ast.Module | None = None
    better: list[tuple[int, object, ast.Module]] = field(default_factory=list)
    untried: list[ast.Module] = field(default_factory=list)

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
