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
class Gradebook:
    """What an import needs of a gradebook; the keys are (student, assignment). Times are in UTC."""

    students: tuple[Student, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)
    submitted_at: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    marks: Mapping[tuple[str, str], tuple[CellMark, ...]] = field(default_factory=dict)


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
    except (sqlite3.Error, ValueError) as error:
        return EMPTY_GRADEBOOK, (
            f"{path} cannot be read as nbgrader's gradebook ({error}); marks are left out.",
        )


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
    return Gradebook(students, due, submitted_at, {key: tuple(found) for key, found in marks.items()})


def _marks(database: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], CellMark]]:
    """The marks in nbgrader's order. Before its version 0.5 each kind of cell had its own table."""
    tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    columns = {row["name"] for row in database.execute("PRAGMA table_info(grade)")}
    shared = "base_cell" in tables
    comments = _comments(database, "base_cell" if shared else "solution_cell")
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


def _comments(database: sqlite3.Connection, cells: str) -> dict[tuple[str, str, str, str], str]:
    """Comments written by hand, by student, assignment, notebook and cell."""
    rows = database.execute(
        "SELECT student_id, assignment.name AS assignment, notebook.name AS notebook, "
        f"{cells}.name AS cell, manual_comment"
        + _SUBMITTED.format(table="comment", cells=cells)
        + "WHERE manual_comment IS NOT NULL"
    )
    return {
        (row["student_id"], row["assignment"], row["notebook"], row["cell"]): row["manual_comment"]
        for row in rows
    }


def _moment(text: str) -> datetime:
    """SQLAlchemy's text for a time without a zone, which nbgrader means as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
