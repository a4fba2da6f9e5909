"""Grading one submission: read, rebuild, run, score. No server, no database, no nbgrader.

`darsgah_grader.grading.Grader` brings the warm processes that this runs in.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from darsgah_grader.cell_grades import cell_grades, missing_notebook
from darsgah_grader.control_plan import ControlPlan, control_plan
from darsgah_grader.executed import executed_notebook
from darsgah_grader.intake import read_notebook
from darsgah_grader.master import MasterNotebook, Role, read_master
from darsgah_grader.notebook import Notebook
from darsgah_grader.rebuild import PlacedCell, RebuiltNotebook, rebuild
from darsgah_grader.sandbox.types import NOTE_OF_CELL, NOTE_OF_DATA, CellRun, CellSource, Job, Run
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.split import ReferenceTest, SplitOfNotebook, TestsOfNotebooks, joined, split_jobs
from darsgah_grader.types import (
    Assignment,
    AssignmentInvalid,
    Assurance,
    CellGrade,
    Flag,
    Grade,
    GradeError,
    SubmissionRejected,
    Verdict,
)

_LEAST_SECONDS = 0.1
_PASSED = frozenset({Verdict.PASSED, Verdict.PARTIAL})


@dataclass(frozen=True, slots=True)
class _GradedNotebook:
    """One notebook's part of a grade."""

    cells: tuple[CellGrade, ...]
    executed: bytes
    flags: tuple[Flag, ...]
    code_seconds: float
    reaches: Mapping[str, frozenset[str]] = field(default_factory=dict)


def grade(
    assignment: Assignment,
    submission: Mapping[str, bytes],
    sandbox: Sandbox,
    split: TestsOfNotebooks | None = None,
) -> Grade:
    """Grade what was handed in.

    Args:
        assignment: the lab.
        submission: the learner's notebooks by the master's name, without ``.ipynb``. A missing one gives no
            points; names the assignment does not know are left aside.
        sandbox: the warm process of the assignment's environment.
        split: the tests that run in a sandbox of their own; the others run in the learner's process.

    Returns:
        The grade; a submission that cannot be read has ``error`` set and no cells.

    Raises:
        AssignmentInvalid: the lab itself cannot be graded.
    """
    started = time.perf_counter()
    split = split or {}
    masters = masters_of(assignment)
    max_score = math.fsum(master.max_score for master in masters)
    try:
        notebooks = {
            master.name: read_notebook(submission[master.name], assignment.limits)
            for master in masters
            if master.name in submission
        }
    except SubmissionRejected as rejected:
        return Grade(
            score=None,
            max_score=max_score,
            assurance=_assurance(masters, split),
            sandbox=sandbox.level,
            error=GradeError(rejected.code, rejected.message),
            seconds=time.perf_counter() - started,
        )
    graded: dict[str, _GradedNotebook] = {}
    for master in masters:
        notebook = notebooks.get(master.name)
        used = math.fsum(part.code_seconds for part in graded.values())
        graded[master.name] = (
            _GradedNotebook(missing_notebook(master), b"", (), 0.0)
            if notebook is None
            else _grade_notebook(
                master,
                notebook,
                _remaining(assignment, used),
                sandbox,
                split.get(master.name, {}),
            )
        )
    cells = tuple(cell for part in graded.values() for cell in part.cells)
    return Grade(
        score=math.fsum(cell.score for cell in cells if cell.score is not None),
        max_score=max_score,
        assurance=_assurance(masters, split),
        sandbox=sandbox.level,
        cells=cells,
        executed={name: part.executed for name, part in graded.items() if part.executed},
        flags=tuple(flag for part in graded.values() for flag in part.flags),
        seconds=time.perf_counter() - started,
        code_seconds=math.fsum(part.code_seconds for part in graded.values()),
    )


def reference_passes(
    assignment: Assignment, sandbox: Sandbox, split: TestsOfNotebooks
) -> dict[str, dict[str, ReferenceTest]]:
    """The tests that the lab's reference solutions pass when these of them run split."""
    passed: dict[str, dict[str, ReferenceTest]] = {}
    for master in masters_of(assignment):
        graded = _grade_notebook(master, master.notebook, assignment, sandbox, split.get(master.name, {}))
        passed[master.name] = {
            cell.grade_id: ReferenceTest(cell.score or 0.0, graded.reaches.get(cell.grade_id, frozenset()))
            for cell in graded.cells
            if cell.verdict in _PASSED
        }
    return passed


def masters_of(assignment: Assignment) -> list[MasterNotebook]:
    """The assignment's source notebooks, read.

    Raises:
        AssignmentInvalid: one of them cannot be graded with.
    """
    return [_ready(read_master(master)) for master in assignment.masters]


def _assurance(masters: Sequence[MasterNotebook], split: TestsOfNotebooks) -> Assurance:
    """Split when every test runs so, and there is one."""
    tests = [
        cell.grade_id in split.get(master.name, {})
        for master in masters
        for cell in master.graded
        if cell.role is Role.TEST
    ]
    return Assurance.SPLIT if tests and all(tests) else Assurance.IN_PROCESS


def _ready(master: MasterNotebook) -> MasterNotebook:
    if master.awaits_autotests:
        raise AssignmentInvalid(
            f"{master.name}: its AUTOTEST lines have not been turned into tests yet; "
            "darsgah_grader.authoring.with_autotests does that, once, when the lab is published."
        )
    return master


def _remaining(assignment: Assignment, used: float) -> Assignment:
    """The assignment with what is left of the whole submission's time."""
    left = max(_LEAST_SECONDS, assignment.limits.total_seconds - used)
    limits = assignment.limits
    return replace(
        assignment,
        limits=replace(limits, total_seconds=left, cell_seconds=min(limits.cell_seconds, left)),
    )


def _grade_notebook(
    master: MasterNotebook,
    notebook: Notebook,
    assignment: Assignment,
    sandbox: Sandbox,
    split: SplitOfNotebook,
) -> _GradedNotebook:
    rebuilt = rebuild(master, notebook)
    plan = control_plan(master)
    sources = {position: _source(cell, plan) for position, cell in enumerate(rebuilt.cells) if cell.runs}
    if split:
        jobs = split_jobs(master, rebuilt.cells, sources, split, assignment)
        run, tests = sandbox.run_split(jobs.learner, jobs.tests)
        runs = joined(jobs, sources, run.cells, tests.cells)
    else:
        run = sandbox.run(Job(list(sources.values()), assignment.files, assignment.limits))
        runs = dict(zip(sources, run.cells, strict=True))
    cells = tuple(
        replace(cell, assurance=Assurance.SPLIT if cell.grade_id in split else Assurance.IN_PROCESS)
        if master.by_id[cell.grade_id].role is Role.TEST
        else cell
        for cell in cell_grades(master, rebuilt, runs, assignment.limits)
    )
    verdicts = {cell.grade_id: cell.verdict for cell in cells}
    return _GradedNotebook(
        cells=cells,
        executed=executed_notebook(rebuilt.cells, runs, verdicts),
        flags=rebuilt.flags
        + _ungraded_flags(master, rebuilt)
        + _oddities(master, rebuilt, runs)
        + _notes(master, run),
        code_seconds=math.fsum(cell.seconds for cell in runs.values()),
        reaches={
            marked.grade_id: run.reaches
            for position, run in runs.items()
            if (marked := rebuilt.cells[position].marked) is not None
        },
    )


def _source(cell: PlacedCell, plan: ControlPlan) -> CellSource:
    if cell.marked is None or cell.marked.role.written_by_learner:
        return CellSource(cell.source)
    grade_id = cell.marked.grade_id
    return CellSource(
        cell.source,
        graded=cell.marked.role is Role.TEST,
        lab=cell.marked.role is Role.READONLY,
        keeps=plan.keeps.get(grade_id, ()),
        needs=plan.needs.get(grade_id, ()),
        controls=plan.controls(grade_id),
    )


def _oddities(
    master: MasterNotebook, rebuilt: RebuiltNotebook, runs: Mapping[int, CellRun]
) -> tuple[Flag, ...]:
    """What the learner's cells did beside their task, each sort told once, where it was seen first."""
    found: dict[str, Flag] = {}
    for position, run in runs.items():
        marked = rebuilt.cells[position].marked
        if marked is None or not marked.role.graded:
            where = f"{master.name}, {marked.grade_id if marked else f'cell {position + 1}'}"
            for odd in run.oddities:
                found.setdefault(odd.name, Flag(odd.name, f"{where}: {odd.evidence}"))
    return tuple(found.values())


def _ungraded_flags(master: MasterNotebook, rebuilt: RebuiltNotebook) -> tuple[Flag, ...]:
    """Oddities of marked cells without points, which have no grade of their own to carry them."""
    return tuple(
        replace(flag, evidence=f"{grade_id}: {flag.evidence}")
        for grade_id, flags in rebuilt.cell_flags.items()
        if not master.by_id[grade_id].role.graded
        for flag in flags
    )


def _notes(master: MasterNotebook, run: Run) -> tuple[Flag, ...]:
    return tuple(
        Flag(
            "sandbox_note"
            if note.startswith(NOTE_OF_CELL)
            else "data_changed"
            if note.startswith(NOTE_OF_DATA)
            else "sandbox_trouble",
            f"{master.name}: {note}",
        )
        for note in run.notes
    )
