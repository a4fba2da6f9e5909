"""Grading with tests in a sandbox of their own: the jobs of both sides, what they come to, and which tests.

A test is graded split when the reference solution passes it so, with the same points as in one process;
that is found out once for a lab, before the first submission of it is graded. The others run in the
learner's process, and their grades say it.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from darsgah_grader.master import MasterNotebook, Role, read_master
from darsgah_grader.naming import test_naming
from darsgah_grader.rebuild import PlacedCell
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome, Part
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Assignment, AssignmentInvalid

_MOST_PLANS = 256
_MOST_TRIES = 4
_LEARNERS_END = frozenset({Outcome.TIMEOUT, Outcome.MEMORY, Outcome.DIED})
_LINK_LOST = "PeerGone"

SplitOfNotebook = Mapping[str, frozenset[str] | None]
"""By grade_id of a test graded split, what it may do to a learner's objects (``CellSource.reaches``)."""

TestsOfNotebooks = Mapping[str, SplitOfNotebook]
"""By the notebook's name."""


@dataclass(frozen=True, slots=True)
class ReferenceTest:
    """What a reference solution got from one test: points, and what the test did to its objects."""

    points: float
    reaches: frozenset[str]


ReferencePasses = Callable[[Assignment, Sandbox, TestsOfNotebooks], Mapping[str, Mapping[str, ReferenceTest]]]
"""Grades a lab's reference solutions, these tests split: those that they pass, by notebook and test."""


@dataclass(frozen=True, slots=True)
class SplitJobs:
    """The two jobs of one notebook, and at which of the rebuilt notebook's positions their cells stand."""

    learner: Job
    tests: Job
    tested: tuple[int, ...]


def split_jobs(
    master: MasterNotebook,
    cells: Sequence[PlacedCell],
    learners: Mapping[int, CellSource],
    tests: SplitOfNotebook,
    assignment: Assignment,
) -> SplitJobs:
    """The learner's job, with requests to attend where the tests stand, and the tests' own.

    ``learners`` are the cells that run, by position, as they would run in one process.
    """
    naming = test_naming(master)
    attending: list[CellSource] = []
    testing: list[CellSource] = []
    tested: list[int] = []
    number = 0
    for position, source in learners.items():
        marked = cells[position].marked
        if marked is not None and marked.role is Role.TEST and marked.grade_id in tests:
            number += 1
            attending.append(CellSource("", part=Part.ATTEND, test=number))
            testing.append(
                CellSource(
                    marked.source,
                    graded=True,
                    part=Part.TEST,
                    test=number,
                    reaches=tests[marked.grade_id],
                )
            )
            tested.append(position)
            continue
        attending.append(source)
        if marked is not None and marked.role is Role.READONLY and marked.grade_id in naming.setup:
            testing.append(CellSource(marked.source, graded=True, part=Part.SETUP))
            tested.append(-1)
    files, limits = assignment.files, assignment.limits
    return SplitJobs(Job(attending, files, limits), Job(testing, files, limits, naming.naming), tuple(tested))


def joined(
    jobs: SplitJobs, positions: Iterable[int], learner: Sequence[CellRun], tests: Sequence[CellRun]
) -> dict[int, CellRun]:
    """What became of every cell, by position: of a test what its own side says, or how the other ended."""
    runs = dict(zip(positions, learner, strict=True))
    for position, tested in zip(jobs.tested, tests, strict=True):
        if position >= 0:
            runs[position] = _joined_cell(runs[position], tested)
    return runs


def _joined_cell(attended: CellRun, tested: CellRun) -> CellRun:
    run = replace(tested, outputs=tested.outputs + attended.outputs, oddities=attended.oddities)
    if tested.outcome is Outcome.OK:
        return run
    if attended.outcome in _LEARNERS_END:
        return CellRun(attended.outcome, run.outputs, seconds=attended.seconds, oddities=run.oddities)
    if tested.error_name == _LINK_LOST:
        ended = Outcome.NOT_RUN if attended.outcome is Outcome.NOT_RUN else Outcome.DIED
        return CellRun(ended, run.outputs, seconds=tested.seconds, oddities=run.oddities)
    return run


def refuse_unless_split(masters: Iterable[MasterNotebook], split: TestsOfNotebooks) -> None:
    """Raise AssignmentInvalid, naming the tests, when some would run in the learner's process."""
    others = [
        f"{master.name}: {cell.grade_id}"
        for master in masters
        for cell in master.graded
        if cell.role is Role.TEST and cell.grade_id not in split[master.name]
    ]
    if others:
        raise AssignmentInvalid(
            "These tests cannot be graded apart from the learner's code, because the lab's own solution does "
            f"not pass them so: {', '.join(others)}."
        )


class SplitTests:
    """Which tests of which lab are graded split, found out once for each and kept."""

    def __init__(self, reference_passes: ReferencePasses) -> None:
        self._reference_passes = reference_passes
        self._found: OrderedDict[bytes, TestsOfNotebooks] = OrderedDict()
        self._locks: dict[bytes, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, assignment: Assignment, sandbox: Sandbox) -> TestsOfNotebooks:
        """The tests of an assignment that are graded split.

        Raises:
            AssignmentInvalid: the lab itself cannot be graded.
            EnvironmentBroken: the reference solutions cannot be run.
        """
        key = _key(assignment)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            with self._lock:
                if key in self._found:
                    self._found.move_to_end(key)
                    return self._found[key]
            found = self._find(assignment, sandbox)
            with self._lock:
                self._found[key] = found
                if len(self._found) > _MOST_PLANS:
                    self._locks.pop(self._found.popitem(last=False)[0], None)
            return found

    def _find(self, assignment: Assignment, sandbox: Sandbox) -> TestsOfNotebooks:
        """Leave out what gives the reference other points, until all the rest gives it the same."""
        masters = [read_master(master) for master in assignment.masters]
        tests = {master.name: test_naming(master).candidates for master in masters}
        expected = self._reference_passes(assignment, sandbox, {}) if any(tests.values()) else {}
        for _ in range(_MOST_TRIES):
            if not any(tests.values()):
                break
            trying = {name: dict.fromkeys(ids) for name, ids in tests.items()}
            found = self._reference_passes(assignment, sandbox, trying)
            left = {
                name: frozenset(
                    test for test in ids if _same(found[name].get(test), expected[name].get(test))
                )
                for name, ids in tests.items()
            }
            if left == tests:
                return {
                    name: {test: found[name][test].reaches for test in ids} for name, ids in tests.items()
                }
            tests = left
        return {name: {} for name in tests}


def _same(split: ReferenceTest | None, whole: ReferenceTest | None) -> bool:
    return split is not None and whole is not None and split.points == whole.points


def _key(assignment: Assignment) -> bytes:
    digest = hashlib.sha256(repr(assignment.environment).encode())
    parts = [(master.name, master.content) for master in assignment.masters]
    for name, content in (*parts, *sorted(assignment.files.items())):
        digest.update(f"{len(name)} {len(content)} {name}".encode())
        digest.update(content)
    return digest.digest()
