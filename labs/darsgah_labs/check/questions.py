"""The questions of a lab: answers with the tests that decide about them, and which cells those need.

A test rests on the answers between the tests before it and itself; tests that follow each other rest on the
same answers. The grader tells learners about earlier cells by the same rule.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from darsgah_labs.cell_dependence import needed
from darsgah_labs.notebook import GradedCell, SourceNotebook, cell_source


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
    yield tuple(needed([cell_source(cell) for cell in cells], without_tests, own))
    yield tuple(without_tests)
    yield tuple(before)


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
