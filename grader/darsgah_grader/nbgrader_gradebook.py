"""Reads nbgrader's ``gradebook.db``, old and new, without nbgrader and without writing to it."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Student:
    """A student; names and address are empty where the gradebook has none."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class CellMark:
    """What the gradebook says of one graded cell of one submission."""

    notebook: str
    grade_id: str
    auto: float | None
    manual: float | None
    extra_credit: float
    waits_for_human: bool
    comment: str = ""

    @property
    def score(self) -> float:
        """As nbgrader counts it: the mark by hand, else the automatic one, else 0, plus extra credit."""
        found = self.manual if self.manual is not None else self.auto
        return (found or 0.0) + self.extra_credit


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment by hand on a cell without points of its own, such as an answer that tests grade."""

    notebook: str
    grade_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Gradebook:
    """What an import needs of a gradebook; the keys are (student, assignment). Times are in UTC.

    Attributes:
        penalties: points taken off for lateness, where there are any.
    """

    students: tuple[Student, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)
    submitted_at: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    marks: Mapping[tuple[str, str], tuple[CellMark, ...]] = field(default_factory=dict)
    remarks: Mapping[tuple[str, str], tuple[Remark, ...]] = field(default_factory=dict)
    penalties: Mapping[tuple[str, str], float] = field(default_factory=dict)


EMPTY_GRADEBOOK = Gradebook()

_SUBMITTED = """
    FROM {table}
    JOIN submitted_notebook ON {table}.notebook_id = submitted_notebook.id
    JOIN notebook ON submitted_notebook.notebook_id = notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    JOIN assignment ON submitted_assignment.assignment_id = assignment.id
    JOIN {cells} ON {table}.cell_id = {cells}.id
"""


def read_gradebook(path: Path) -> tuple[Gradebook, tuple[str, ...]]:
    """Read a gradebook; what is wrong with it comes back as sentences, with an empty gradebook."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return _read(database), ()
    except (sqlite3.Error, ValueError, TypeError) as error:
        return EMPTY_GRADEBOOK, (f"{path} cannot be read as nbgrader's gradebook ({error}).",)


def _read(database: sqlite3.Connection) -> Gradebook:
    students = tuple(
        Student(row["id"], row["first_name"] or "", row["last_name"] or "", row["email"] or "")
        for row in database.execute("SELECT id, first_name, last_name, email FROM student ORDER BY id")
    )
    due = {
        row["name"]: _moment(row["duedate"])
        for row in database.execute("SELECT name, duedate FROM assignment WHERE duedate IS NOT NULL")
    }
    submitted_at = {
        (row["student_id"], row["name"]): _moment(row["timestamp"])
        for row in database.execute(
            "SELECT student_id, name, timestamp FROM submitted_assignment "
            "JOIN assignment ON assignment_id = assignment.id WHERE timestamp IS NOT NULL"
        )
    }
    marks: dict[tuple[str, str], list[CellMark]] = defaultdict(list)
    for key, mark in _marks(database):
        marks[key].append(mark)
    return Gradebook(
        students=students,
        due=due,
        submitted_at=submitted_at,
        marks={key: tuple(found) for key, found in marks.items()},
        remarks=_remarks(database, marks),
        penalties=_penalties(database),
    )


def _marks(database: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], CellMark]]:
    """The marks in nbgrader's order. Before its version 0.5 each kind of cell had its own table."""
    columns = _columns(database, "grade")
    shared = _has_base_cells(database)
    comments = _comments(database)
    cells = "base_cell" if shared else "grade_cell"
    extra = "grade.extra_credit" if "extra_credit" in columns else "0"
    rows = database.execute(
        "SELECT student_id, assignment.name AS assignment, notebook.name AS notebook, "
        f"{cells}.name AS cell, auto_score, manual_score, needs_manual_grade, {extra} AS extra_credit"
        + _SUBMITTED.format(table="grade", cells=cells)
        + "ORDER BY student_id, assignment.name, notebook.name, grade.rowid"
    )
    for row in rows:
        where = (row["student_id"], row["assignment"])
        mark = CellMark(
            notebook=row["notebook"],
            grade_id=row["cell"],
            auto=row["auto_score"],
            manual=row["manual_score"],
            extra_credit=row["extra_credit"] or 0.0,
            waits_for_human=bool(row["needs_manual_grade"]),
            comment=comments.get((*where, row["notebook"], row["cell"]), ""),
        )
        yield where, mark


def _has_base_cells(database: sqlite3.Connection) -> bool:
    return bool(_columns(database, "base_cell"))


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    """The names of a table's columns; empty where there is no such table."""
    return {row["name"] for row in database.execute("SELECT name FROM pragma_table_info(?)", [table])}


def _remarks(
    database: sqlite3.Connection, marks: Mapping[tuple[str, str], list[CellMark]]
) -> dict[tuple[str, str], tuple[Remark, ...]]:
    """The comments that stand on no mark."""
    marked = {(*where, mark.notebook, mark.grade_id) for where, found in marks.items() for mark in found}
    remarks: dict[tuple[str, str], list[Remark]] = defaultdict(list)
    for place, text in sorted(_comments(database).items()):
        if place not in marked:
            student, assignment, notebook, grade_id = place
            remarks[student, assignment].append(Remark(notebook, grade_id, text))
    return {where: tuple(found) for where, found in remarks.items()}


def _penalties(database: sqlite3.Connection) -> dict[tuple[str, str], float]:
    """Points taken off for lateness; nbgrader keeps them since its version 0.5."""
    if "late_submission_penalty" not in _columns(database, "submitted_notebook"):
        return {}
    rows = database.execute(
        "SELECT student_id, assignment.name, sum(late_submission_penalty) AS points FROM submitted_notebook "
        "JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id "
        "JOIN assignment ON submitted_assignment.assignment_id = assignment.id "
        "GROUP BY student_id, assignment.name HAVING points > 0"
    )
    return {(row["student_id"], row["name"]): row["points"] for row in rows}


def _comments(database: sqlite3.Connection) -> dict[tuple[str, str, str, str], str]:
    """Comments written by hand, by student, assignment, notebook and cell."""
    cells = "base_cell" if _has_base_cells(database) else "solution_cell"
    rows = database.execute(
        "SELECT student_id, assignment.name AS assignment, notebook.name AS notebook, "
        f"{cells}.name AS cell, manual_comment"
        + _SUBMITTED.format(table="comment", cells=cells)
        + "WHERE manual_comment IS NOT NULL AND manual_comment <> ''"
    )
    return {
        (row["student_id"], row["assignment"], row["notebook"], row["cell"]): row["manual_comment"]
        for row in rows
    }


def _moment(text: str) -> datetime:
    """SQLAlchemy's text for a time without a zone, which nbgrader means as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
