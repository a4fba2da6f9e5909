"""A soak: thousands of submissions through one grader, every tenth an attack, looking for what grows.

``python -m tests.grading.soak --submissions 10000`` grades on all cores, split and in-process in turn, prints
how it goes and what was left, and exits with 1 when a score was wrong, when a process, file, mount or control
group was left behind, or when the memory of a warm process, descriptors or threads grew. ``test_soak`` is the
short version.

Ordinary submissions are those of the benchmark's labs, whose points follow from how they were made; attacks
are the case folders, each judged by its own expectations.
"""

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.labs import BenchLab, labs_named
from darsgah_grader.grading import Grader
from darsgah_grader.master import Role, read_master
from darsgah_grader.types import Assurance, Grade
from darsgah_grader.warm_processes import Keeping
from tests.grading.cases import Case, all_cases
from tests.grading.leftovers import Watch, Weight

_EVERY = 10
_LABS = ("python", "frames")
_VARIETY = 24
_GROWN_BYTES = 2 * 1024 * 1024
_GROWN = 8
_SETTLED = 50
"""Submissions before the first weight is taken: by then both environments are warm."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One submission: how it is graded, and what is wrong with its grade, in words."""

    name: str
    grade: Callable[[Grader], Grade]
    wrong: Callable[[Grade], list[str]]


@dataclass
class Soak:
    """What came of it; ``grown`` says what weighed more at the end than after the first few submissions."""

    submissions: int = 0
    attacks: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    grown: list[str] = field(default_factory=list)
    left: str = ""
    warm_megabytes: tuple[float, float] = (0.0, 0.0)

    def __str__(self) -> str:
        """One line for people."""
        first, last = self.warm_megabytes
        return (
            f"{self.submissions} submissions, {self.attacks} of them attacks, in {self.seconds:.0f} s: "
            f"{self.submissions / max(self.seconds, 0.001):.1f} a second; wrong {len(self.wrong)}; "
            f"warm processes {first:.1f} MB at first, {last:.1f} at the end; "
            f"grown {self.grown or 'nothing'}; left behind {self.left or 'nothing'}"
        )

    @property
    def clean(self) -> bool:
        """Whether nothing was wrong, grew or was left."""
        return not (self.wrong or self.grown or self.left)


def _points(lab: BenchLab, number: int) -> float:
    """What this submission has to get: the tests of a spoilt answer give nothing, nor does a release."""
    variant = lab.variants[number]
    parts: list[list[float]] = []
    for cell in read_master(lab.master).cells:
        if cell.role is Role.ANSWER:
            parts.append([])
        elif cell.role is Role.TEST:
            parts[-1].append(cell.points)
    if variant in {"wrong", "raising"}:
        parts[number // 4 % len(parts)] = []
    return 0.0 if variant == "unchanged" else sum(map(sum, parts))


def _ordinary() -> Iterator[Piece]:
    """The labs' submissions for ever, in both modes."""
    labs = labs_named(_LABS, _VARIETY)
    modes = itertools.cycle([None, None, Assurance.IN_PROCESS, Assurance.IN_PROCESS])
    for number in itertools.count():
        for lab in labs:
            yield _piece(lab, number % _VARIETY, next(modes))


def _piece(lab: BenchLab, number: int, mode: Assurance | None) -> Piece:
    due = _points(lab, number)
    return Piece(
        f"{lab.name} {lab.variants[number]} {number}",
        lambda grader: grader.grade(lab.assignment, {lab.master.name: lab.submissions[number]}, mode),
        lambda grade: [] if grade.score == due else [f"{grade.score} points, not {due}: {grade.error}"],
    )


def _attacks() -> Iterator[Piece]:
    """The case folders for ever."""
    cases = [case for case in all_cases() if not case.before]
    for number in itertools.count():
        for case in cases:
            yield _attack(case, Assurance.IN_PROCESS if number % 2 else None)


def _attack(case: Case, mode: Assurance | None) -> Piece:
    return Piece(
        f"case {case.name}",
        lambda grader: grader.grade(case.assignment, {"nb": case.submission}, mode),
        case.differences,
    )


def pieces(count: int) -> Iterator[Piece]:
    """``count`` submissions, every tenth an attack."""
    ordinary, attacks = _ordinary(), _attacks()
    for number in range(count):
        yield next(attacks) if number % _EVERY == _EVERY - 1 else next(ordinary)


def soak(folder: Path, count: int, tell: Callable[[str], None]) -> Soak:
    """Grade ``count`` submissions; ``folder`` becomes the temporary folder of all that is graded."""
    found = Soak()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        watch = Watch(folder)
        # A warm process is replaced after so many gradings; one that lives through all shows what would grow.
        with Grader(keeping=Keeping(uses=10 * count)) as grader:
            _grade_all(grader, list(itertools.islice(pieces(count), _SETTLED)), found, tell)
            first = watch.weight()
            try:
                with watch.nothing_left():
                    _grade_all(grader, itertools.islice(pieces(count), _SETTLED, None), found, tell)
            except AssertionError as left:
                found.left = str(left)
            _weigh(first, watch.weight(), found)
    finally:
        tempfile.tempdir = before
    return found


def _grade_all(grader: Grader, work: Iterable[Piece], found: Soak, tell: Callable[[str], None]) -> None:
    """On all cores; each thread takes the next piece when it is done with one."""
    waiting, change = iter(work), threading.Lock()
    began = time.monotonic()

    def worker() -> None:
        while True:
            with change:
                piece = next(waiting, None)
            if piece is None:
                return
            wrong = piece.wrong(piece.grade(grader))
            with change:
                found.submissions += 1
                found.attacks += piece.name.startswith("case ")
                found.wrong += [f"{piece.name}: {what}" for what in wrong]
                if found.submissions % 500 == 0:
                    tell(f"{found.submissions} graded, {len(found.wrong)} wrong")

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for running in [pool.submit(worker) for _ in range(len(os.sched_getaffinity(0)))]:
            running.result()
    found.seconds += time.monotonic() - began


def _weigh(first: Weight, last: Weight, found: Soak) -> None:
    for what in ("descriptors", "threads"):
        then, now = getattr(first, what), getattr(last, what)
        if now > then + _GROWN:
            found.grown.append(f"{what} from {then} to {now}")
    common = first.warm.keys() & last.warm.keys()
    if not common:
        found.grown.append("no warm process lived through it")
    for pid in common:
        if last.warm[pid] > first.warm[pid] + _GROWN_BYTES:
            found.grown.append(f"warm process {pid} from {first.warm[pid]} to {last.warm[pid]} bytes")
    megabytes = [sum(weight.warm[pid] for pid in common) / 1024 / 1024 for weight in (first, last)]
    found.warm_megabytes = (megabytes[0], megabytes[1])


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(count: int) -> int:
    """Run one soak; the exit code."""
    with tempfile.TemporaryDirectory(prefix="darsgah-soak-") as folder:
        Path(folder).chmod(0o755)
        found = soak(Path(folder), count, _tell)
    sys.stdout.write("\n".join([*found.wrong[:50], str(found)]) + "\n")
    return 0 if found.clean else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.grading.soak")
    parser.add_argument("--submissions", type=int, default=10_000)
    sys.exit(main(parser.parse_args().submissions))
