"""The third check: mutants of every answer, graded by the tests of its question.

Only the cells that a question needs are run, which the reference solution confirms first. A mutant that does
not end has a few times what the reference takes, and at least a second.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from darsgah_labs.check.grading import CellVerdict, Graded, Grading
from darsgah_labs.check.questions import Question, cut_downs, notebook_of, questions_of
from darsgah_labs.check.report import QuestionReport, Survivor
from darsgah_labs.format import Equivalent, Lab, LabLimits
from darsgah_labs.mutation.kinds import CATCHING_TEST
from darsgah_labs.mutation.mutants import MOST_PER_ANSWER, Mutant, mutants
from darsgah_labs.mutation.solution_source import SolutionSource, without_markers
from darsgah_labs.notebook import GradedCell, read_notebook

_TIMES_REFERENCE = 4.0
_LEAST_SECONDS = 1.0

Progress = Callable[[int, int], None]
"""Told how many mutants have been graded, of how many."""


@dataclass(frozen=True, slots=True)
class GradedMutant:
    """A mutant and what the tests said.

    Attributes:
        failed: the tests of the question that it did not pass, with what a learner is told; empty for one
            that survived.
        equivalent: why it means the same as the solution, in the author's words; empty otherwise.
    """

    mutant: Mutant
    failed: tuple[CellVerdict, ...]
    equivalent: str = ""

    @property
    def survived(self) -> bool:
        """Whether every test passed it, and it is not marked as equivalent."""
        return not self.failed and not self.equivalent


@dataclass(frozen=True, slots=True)
class MutatedAnswer:
    """An answer cell with its mutants graded; none of them where the reference does not pass its tests."""

    question: Question
    answer: GradedCell
    mutants: tuple[GradedMutant, ...]

    def every_mutant(self) -> list[Mutant]:
        """All that can be made of it, those included that were too many to be graded."""
        return _mutants(self.answer, None)

    def report(self) -> QuestionReport:
        """What the report says of it."""
        counted = [mutant for mutant in self.mutants if not mutant.equivalent]
        return QuestionReport(
            notebook=self.question.notebook.name,
            grade_id=self.answer.grade_id,
            title=self.question.title(self.answer),
            tests=tuple(test.grade_id for test in self.question.tests),
            mutants=len(counted),
            caught=sum(not mutant.survived for mutant in counted),
            equivalent=len(self.mutants) - len(counted),
            survivors=tuple(_survivor(mutant.mutant) for mutant in counted if mutant.survived),
        )


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where the mutants of one question are graded: the cells to run, and what they may use."""

    question: Question
    positions: tuple[int, ...]
    limits: LabLimits


@dataclass(frozen=True, slots=True)
class _Task:
    bench: _Bench
    answer: GradedCell
    mutant: Mutant
    equivalent: str


def graded_mutants(
    lab: Lab,
    grading: Grading,
    *,
    only: str = "",
    most: int | None = MOST_PER_ANSWER,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[MutatedAnswer]:
    """Every answer of a lab with its mutants, graded several at once.

    Args:
        only: grade_id of an answer or of a test: mutants of that question alone.
        most: mutants of one answer at most; None grades all.
        threads: how many are graded at once; None takes one for each core.
    """
    marked = _marks(lab)
    plan: list[tuple[Question, GradedCell, list[_Task]]] = []
    for question in _questions(lab, only):
        bench = _bench(lab, question, grading) if question.tests else None
        for answer in question.answers:
            tasks = _tasks(bench, answer, most, marked.get(answer.grade_id, [])) if bench else []
            plan.append((question, answer, tasks))
    tasks_of_all = [task for *_, tasks in plan for task in tasks]
    graded = _grade_all(tasks_of_all, grading, threads or len(os.sched_getaffinity(0)), progress)
    return [
        MutatedAnswer(question, answer, tuple(graded[id(task)] for task in tasks))
        for question, answer, tasks in plan
    ]


def _tasks(bench: _Bench, answer: GradedCell, most: int | None, marks: Sequence[Equivalent]) -> list[_Task]:
    return [_Task(bench, answer, mutant, _reason(mutant, marks)) for mutant in _mutants(answer, most)]


def is_python(answer: GradedCell) -> bool:
    """Whether mutants of an answer can be made: not where IPython's own syntax stands within Python's."""
    try:
        SolutionSource(*without_markers(answer.source))
    except SyntaxError:
        return False
    return True


def _mutants(answer: GradedCell, most: int | None) -> list[Mutant]:
    return mutants(answer.source, most=most) if is_python(answer) else []


def _questions(lab: Lab, only: str) -> Iterator[Question]:
    for name, content in lab.notebooks.items():
        for question in questions_of(read_notebook(content, name, f"{name}.ipynb")):
            ids = {cell.grade_id for cell in (*question.answers, *question.tests)}
            if not only or only in ids:
                yield question


def _bench(lab: Lab, question: Question, grading: Grading) -> _Bench | None:
    """The fewest cells with which the reference passes the question's tests; None if it never does."""
    for positions in dict.fromkeys(cut_downs(question)):
        graded = _grade(grading, question, positions, lab.limits, {})
        if not _failed(question, graded):
            seconds = max(_LEAST_SECONDS, _TIMES_REFERENCE * graded.seconds)
            cell_seconds = min(lab.limits.cell_seconds, seconds)
            total = min(lab.limits.total_seconds, 2 * seconds)
            return _Bench(
                question, positions, replace(lab.limits, cell_seconds=cell_seconds, total_seconds=total)
            )
    return None


def _grade(
    grading: Grading, question: Question, positions: Sequence[int], limits: LabLimits, answers: dict[str, str]
) -> Graded:
    notebook = question.notebook
    source = notebook_of(notebook, positions)
    work = notebook_of(notebook, positions, answers) if answers else source
    return grading.grade({notebook.name: source}, {notebook.name: work}, limits, apart=False)


def _failed(question: Question, graded: Graded) -> tuple[CellVerdict, ...]:
    """The question's tests that were not passed in full."""
    tests = {test.grade_id for test in question.tests}
    return tuple(cell for cell in graded.cells if cell.grade_id in tests and not cell.full)


def _grade_all(
    tasks: Sequence[_Task], grading: Grading, threads: int, progress: Progress | None
) -> dict[int, GradedMutant]:
    """What became of each task's mutant, by the identity of the task."""
    done: dict[int, GradedMutant] = {}
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(_graded, task, grading): task for task in tasks}
        try:
            for future in as_completed(futures):
                done[id(futures[future])] = future.result()
                if progress is not None:
                    progress(len(done), len(tasks))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return done


def _graded(task: _Task, grading: Grading) -> GradedMutant:
    bench = task.bench
    failed: tuple[CellVerdict, ...] = ()
    if not task.equivalent:
        changed = {task.answer.grade_id: task.mutant.source}
        failed = _failed(
            bench.question, _grade(grading, bench.question, bench.positions, bench.limits, changed)
        )
    return GradedMutant(task.mutant, failed, task.equivalent)


def _marks(lab: Lab) -> Mapping[str, list[Equivalent]]:
    marks: dict[str, list[Equivalent]] = {}
    for entry in lab.manifest.equivalent if lab.manifest else ():
        marks.setdefault(entry.answer, []).append(entry)
    return marks


def _reason(mutant: Mutant, marks: Sequence[Equivalent]) -> str:
    return next((mark.reason for mark in marks if names(mark, mutant)), "")


def names(mark: Equivalent, mutant: Mutant) -> bool:
    """Whether an ``[[equivalent]]`` entry means this mutant."""
    same = mutant.after.strip() == mark.mutant.strip()
    return same and (mark.was is None or mutant.before.strip() == mark.was.strip())


def _survivor(mutant: Mutant) -> Survivor:
    return Survivor(
        id=mutant.id,
        kind=mutant.kind.value,
        line=mutant.line,
        diff=mutant.diff,
        before=mutant.before,
        after=mutant.after,
        advice=CATCHING_TEST[mutant.kind],
    )
