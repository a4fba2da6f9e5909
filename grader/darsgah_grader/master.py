"""A source notebook of an assignment, read for grading: every marked cell's role, points and text.

What nbgrader's metadata means, and what it refuses, follows nbgrader 0.9.6's ``nbgraderformat`` (schemas 0 to
3, older ones upgraded in passing) without importing it; the tests hold the two against each other.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from darsgah_grader import regions
from darsgah_grader.intake import read_notebook
from darsgah_grader.notebook import Cell, CellKind, Notebook
from darsgah_grader.titles import titles_of
from darsgah_grader.types import AssignmentInvalid, Limits, Master, SubmissionRejected

AUTOTEST_MARKER = "AUTOTEST"
"""nbgrader's marker of tests that are still to be generated from the reference solution."""

_NEWEST_SCHEMA = 3
_ROOMY = Limits(submission_bytes=200 * 1024 * 1024, cells=20_000)


class Role(StrEnum):
    """What a marked cell is for; nbgrader's names for them are in its formgrader's menu."""

    TEST = "test"
    ANSWER = "answer"
    MANUAL = "manual"
    TASK = "task"
    READONLY = "readonly"

    @property
    def written_by_learner(self) -> bool:
        """Whether the source of such a cell is the learner's to write."""
        return self in {Role.ANSWER, Role.MANUAL}

    @property
    def graded(self) -> bool:
        """Whether such a cell carries points."""
        return self in {Role.TEST, Role.MANUAL, Role.TASK}


@dataclass(frozen=True, slots=True)
class MasterCell:
    """One marked cell of the master.

    Attributes:
        source: what the instructor wrote; for an answer cell the stub that stands in its place at release.
        released: what the learner is given.
        reference: what the instructor wrote, solution included.
        points: 0 for cells without points.
        title: what the learner is told the cell is about; empty for cells without points.
        hidden: the cell holds hidden tests.
        skipped: the author tagged the cell ``skip-execution``.
        metadata: the nbgrader metadata in today's schema.
    """

    grade_id: str
    role: Role
    kind: CellKind
    source: str
    released: str
    reference: str
    points: float
    title: str
    hidden: bool
    skipped: bool
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class MasterNotebook:
    """A master's marked cells in order, and by grade_id; cells without a mark are the learner's own.

    Compared and hashed by identity: what is found out about one is kept with it.
    """

    name: str
    cells: tuple[MasterCell, ...]
    by_id: Mapping[str, MasterCell]
    notebook: Notebook

    @property
    def graded(self) -> tuple[MasterCell, ...]:
        """The cells that carry points."""
        return tuple(cell for cell in self.cells if cell.role.graded)

    @property
    def max_score(self) -> float:
        """The points the notebook can give."""
        return math.fsum(cell.points for cell in self.graded)

    @property
    def awaits_autotests(self) -> bool:
        """Whether test cells hold directives that nbgrader's ``InstantiateTests`` has yet to replace."""
        return any(
            line.lstrip().startswith("#") and AUTOTEST_MARKER in line
            for cell in self.cells
            if cell.role is Role.TEST
            for line in cell.source.split("\n")
        )


@lru_cache(maxsize=128)
def read_master(master: Master) -> MasterNotebook:
    """Read and check one source notebook; the last ones read are kept.

    Raises:
        AssignmentInvalid: naming the cell and what its author has to mend.
    """
    try:
        notebook = read_notebook(master.content, _ROOMY)
    except SubmissionRejected as error:
        raise AssignmentInvalid(f"{master.name}: {error.message}") from error
    if notebook.language != "python":
        raise AssignmentInvalid(
            f"{master.name}: the notebook is written in {notebook.language}; Python is graded."
        )
    titles = titles_of(notebook)
    cells: list[MasterCell] = []
    for cell in notebook.cells:
        try:
            metadata = _upgraded_metadata(cell)
            marked = _marked(cell, metadata, titles) if metadata else None
            if marked is None:
                _check_unmarked(cell)
        except ValueError as error:
            raise AssignmentInvalid(f"{master.name}: {_described(cell)}: {error}.") from error
        if marked is not None:
            cells.append(marked)
    by_id = {cell.grade_id: cell for cell in cells}
    if len(by_id) < len(cells):
        twice = Counter(cell.grade_id for cell in cells).most_common(1)[0][0]
        raise AssignmentInvalid(
            f"{master.name}: two cells have the grade_id {twice!r}; give one of them another."
        )
    return MasterNotebook(master.name, tuple(cells), by_id, notebook)


def _described(cell: Cell) -> str:
    if cell.grade_id:
        return f"cell {cell.grade_id!r}"
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f"the {cell.kind} cell that begins {first[:40]!r}"


def _upgraded_metadata(cell: Cell) -> dict[str, Any]:
    """The nbgrader metadata in schema 3; empty when the cell turns out not to be marked at all."""
    if not cell.nbgrader:
        return {}
    found = dict(cell.nbgrader)
    version = found.get("schema_version", 0)
    if not isinstance(version, int) or version > _NEWEST_SCHEMA:
        raise ValueError(
            f"its nbgrader metadata has schema {version!r}, and {_NEWEST_SCHEMA} is the newest known"
        )
    flags = {name: found.get(name, False) for name in ("grade", "solution", "locked", "task")}
    if not all(isinstance(value, bool) for value in flags.values()):
        raise ValueError("the nbgrader flags grade, solution, locked and task have to be true or false")
    if not any(flags.values()):
        return {}
    return {
        **flags,
        "grade_id": found.get("grade_id", ""),
        "points": _points(found, version),
        "schema_version": 3,
    }


def _points(found: Mapping[str, Any], version: int) -> float:
    value = found.get("points")
    if not (found.get("grade") or found.get("task")):
        return 0.0
    if version == 0:  # nbgrader's upgrade of its first schema: no or negative points are none
        try:
            return max(0.0, float(value or 0))
        except (TypeError, ValueError) as error:
            raise ValueError(f"its points are {value!r}, which is not a number") from error
    if value is None:
        raise ValueError("it is graded but has no points")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ValueError(f"its points are {value!r}; points are a number from 0 up")
    return float(value)


def _role(metadata: Mapping[str, Any], kind: CellKind) -> Role:
    """The cell's role, after nbgrader's checks of which combinations are allowed."""
    grade, solution = metadata["grade"], metadata["solution"]
    if metadata["task"]:
        if kind is not CellKind.MARKDOWN:
            raise ValueError("a task cell has to be Markdown")
        return Role.TASK
    if kind is CellKind.MARKDOWN and grade != solution:
        raise ValueError("a Markdown cell is a manually graded answer or not graded at all")
    if kind is CellKind.RAW and (grade or solution):
        raise ValueError("a raw cell cannot be an answer or a test")
    if grade:
        return Role.MANUAL if solution else Role.TEST
    return Role.ANSWER if solution else Role.READONLY


def _marked(cell: Cell, metadata: Mapping[str, Any], titles: Mapping[str, str]) -> MasterCell:
    grade_id = metadata["grade_id"]
    if not isinstance(grade_id, str) or not grade_id:
        raise ValueError("it is marked for nbgrader but has no grade_id")
    role = _role(metadata, cell.kind)
    if not role.written_by_learner and regions.has_solution(cell.source):
        raise ValueError("a solution region stands outside an answer cell")
    if role not in {Role.TEST, Role.MANUAL} and regions.has_hidden_tests(cell.source):
        raise ValueError("hidden tests stand outside a test cell")
    if role is not Role.TASK and regions.has_mark_scheme(cell.source):
        raise ValueError("a marking scheme stands outside a task cell")
    source = regions.without_solution(cell.source, cell.kind) if role.written_by_learner else cell.source
    return MasterCell(
        grade_id=grade_id,
        role=role,
        kind=cell.kind,
        source=source,
        released=regions.without_mark_scheme(regions.without_hidden_tests(source)),
        reference=cell.source,
        points=metadata["points"],
        title=titles[grade_id] if role.graded else "",
        hidden=regions.has_hidden_tests(cell.source),
        skipped="skip-execution" in cell.tags,
        metadata=metadata,
    )


def _check_unmarked(cell: Cell) -> None:
    """Refuse regions that release would not take out, or only by accident."""
    if regions.has_solution(cell.source):
        raise ValueError("a solution region stands outside an answer cell")
    if regions.has_hidden_tests(cell.source):
        raise ValueError("hidden tests stand outside a test cell")
    if regions.has_mark_scheme(cell.source):
        raise ValueError("a marking scheme stands outside a task cell")
