"""The questions of a lab: answers with the tests that decide about them, and which cells those need.

A test rests on the answers between the tests before it and itself; tests that follow each other rest on the
same answers. The grader tells learners about earlier cells by the same rule.
"""

import ast
import json
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from darsgah_labs.mutation.solution_source import hide_magics
from darsgah_labs.notebook import GradedCell, SourceNotebook, cell_source

_WHOLE = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a notebook.

    Attributes:
        notebook: where it stands.
        answers: code cells that the learner writes and tests mark.
        tests: the cells that mark them; empty where the author has forgotten them.
        first: position of the first cell of its text: after the cells of the question before.
    """

    notebook: SourceNotebook
    answers: tuple[GradedCell, ...]
    tests: tuple[GradedCell, ...]
    first: int

    @property
    def last(self) -> int:
        """Position of its last cell."""
        return max(cell.index for cell in (*self.answers, *self.tests))

    def title(self, answer: GradedCell) -> str:
        """The heading that an answer stands under; its grade_id where there is none."""
        for cell in reversed(self.notebook.cells[: answer.index]):
            if cell.get("cell_type") != "markdown":
                continue
            for line in reversed(cell_source(cell).splitlines()):
                if line.startswith("#"):
                    return line.strip("# \t")
        return answer.grade_id


def questions_of(notebook: SourceNotebook) -> list[Question]:
    """The questions that tests decide about, in order."""
    found: list[Question] = []
    answers: list[GradedCell] = []
    tests: list[GradedCell] = []
    first = 0
    for cell in notebook.graded:
        code_answer = cell.is_answer and not cell.is_manual and cell.cell_type == "code"
        if code_answer and tests:
            found.append(Question(notebook, tuple(answers), tuple(tests), first))
            first = tests[-1].index + 1
            answers, tests = [], []
        if code_answer:
            answers.append(cell)
        elif cell.is_test and answers:
            tests.append(cell)
    if answers:
        found.append(Question(notebook, tuple(answers), tuple(tests), first))
    return found


def cut_downs(question: Question) -> Iterator[tuple[int, ...]]:
    """Positions of the code cells to run for a question, the fewest first; the last choice is all before it.

    The first leaves out what the question's cells do not rest on, as far as names tell; the second leaves out
    other questions' tests alone.
    """
    cells = question.notebook.cells
    own = {cell.index for cell in (*question.answers, *question.tests)}
    others = {cell.index for cell in question.notebook.graded if cell.is_test} - own
    before = [at for at in range(question.last + 1) if cells[at].get("cell_type") == "code"]
    without_tests = [at for at in before if at not in others]
    yield tuple(_needed(cells, without_tests, own))
    yield tuple(without_tests)
    yield tuple(before)


def _needed(cells: Sequence[dict[str, Any]], positions: Sequence[int], own: set[int]) -> list[int]:
    """Those positions whose names the question's own cells use, or cells that they use."""
    needed: set[int] = set()
    wanted: set[str] = set()
    for at in reversed(positions):
        bound, used = _names(cell_source(cells[at]))
        if at in own or bound & wanted or bound == _WHOLE:
            needed.add(at)
            wanted |= used
    return sorted(needed)


def _names(source: str) -> tuple[frozenset[str], set[str]]:
    """What a cell binds or changes, and what it uses; one that cannot be read, or has magics, binds all."""
    data = source.encode()
    plain = hide_magics(data)
    try:
        tree = ast.parse(plain)
        table = symtable.symtable(plain.decode(), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return _WHOLE, set()
    used = _globals_used(table)
    bound = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    bound |= {name for statement in tree.body for name in _changed(statement)}
    stars = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))
    return (_WHOLE if stars or plain != data else frozenset(bound)), used


def _globals_used(table: symtable.SymbolTable) -> set[str]:
    """The names of the notebook that a cell and the functions in it look up."""
    outermost = table.get_type() == "module"
    used = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (outermost or symbol.is_global())
    }
    return used.union(*(_globals_used(child) for child in table.get_children()))


def _changed(statement: ast.stmt) -> set[str]:
    """Variables whose objects a statement may change where they are; a function does so only when called."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed |= _root(node.value.func).union(*(_root(argument) for argument in node.value.args))
    return changed


def _root(node: ast.expr) -> set[str]:
    """The variable at the bottom of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def notebook_of(
    notebook: SourceNotebook, positions: Sequence[int] | None = None, answers: dict[str, str] | None = None
) -> bytes:
    """Some cells of a notebook, or all, as a notebook; the answers given by grade_id stand in their cells."""
    chosen = range(len(notebook.cells)) if positions is None else positions
    replaced = {
        cell.index: (answers or {})[cell.grade_id]
        for cell in notebook.graded
        if cell.grade_id in (answers or {})
    }
    cells = [
        {**notebook.cells[at], "source": replaced.get(at, notebook.cells[at].get("source", ""))}
        for at in chosen
    ]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()
