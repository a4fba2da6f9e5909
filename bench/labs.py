"""The labs that are graded and the submissions to them, the same ones in every run.

The two labs that come with Darsgah, and one made here. The shipped lab on pandas computes for about 80 ms
whoever runs it, which drowns what a grader adds; so ``frames`` asks for the same kind of work, NumPy and
pandas, on tables of a few rows, as most exercises do. Both are measured and both are shown.
"""

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah.lab_assignments import assignment_of
from darsgah_grader.authoring import release
from darsgah_grader.environments import Environments
from darsgah_grader.types import Assignment, Master
from darsgah_labs.lab_folder import load

VARIANTS = ("right", "wrong", "raising", "unchanged")
_SOURCES = Path(__file__).parents[1] / "labs" / "lab-sources"
_SHIPPED = {"python": "python-functions-and-data", "pandas": "hub-attendance-with-pandas"}
_BODIES = {"wrong": "return None", "raising": "raise ValueError('not yet')"}
_NAME = "lab"

_FRAMES = (
    (
        "Standard scores",
        "def standard_scores(values):\n    return (np.asarray(values) - np.mean(values)) / np.std(values)",
        "scores = standard_scores([1, 2, 3])\nassert scores.shape == (3,)\nassert abs(scores.sum()) < 1e-9",
        "assert np.allclose(standard_scores([2, 4]), [-1, 1])",
    ),
    (
        "Moving average",
        "def moving_average(values, width):\n    return np.convolve(values, np.ones(width) / width, 'valid')",
        "assert np.allclose(moving_average([1, 2, 3, 4], 2), [1.5, 2.5, 3.5])",
        "assert len(moving_average(range(10), 3)) == 8",
    ),
    (
        "Sales by city",
        "def sales_by_city(frame):\n    return frame.groupby('city')['sum'].sum()",
        "sales = pd.DataFrame({'city': list('QLQ'), 'sum': [5, 7, 6]})\nassert sales_by_city(sales)['Q'] > 9",
        "assert sales_by_city(sales).index.tolist() == ['L', 'Q']",
    ),
    (
        "Rows without gaps",
        "def without_gaps(frame):\n    return frame.dropna().reset_index(drop=True)",
        "gaps = pd.DataFrame({'a': [1.0, None, 3.0]})\nassert without_gaps(gaps)['a'].tolist() == [1.0, 3.0]",
        "assert without_gaps(gaps).index.tolist() == [0, 1]",
    ),
)


@dataclass(frozen=True, slots=True)
class BenchLab:
    """One lab with its submissions, and which variant each is; ``folder`` is where a shipped lab lies."""

    name: str
    folder: Path | None
    assignment: Assignment
    submissions: tuple[bytes, ...]
    variants: tuple[str, ...]

    @property
    def master(self) -> Master:
        """Its one notebook."""
        return self.assignment.masters[0]


def bench_lab(name: str, count: int) -> BenchLab:
    """The lab ``python``, ``pandas`` or ``frames`` with ``count`` submissions, the variants in turn."""
    assignment = _shipped(name) if name in _SHIPPED else _frames()
    (master,) = assignment.masters
    assignment = Assignment(
        (Master(_NAME, master.content),), assignment.environment, assignment.limits, assignment.files
    )
    variants = tuple(VARIANTS[number % len(VARIANTS)] for number in range(count))
    released = release(assignment.masters[0])
    submissions = tuple(
        released if variant == "unchanged" else _spoilt(master.content, variant, number // len(VARIANTS))
        for number, variant in enumerate(variants)
    )
    folder = _SOURCES / _SHIPPED[name] if name in _SHIPPED else None
    return BenchLab(name, folder, assignment, submissions, variants)


def _shipped(name: str) -> Assignment:
    return assignment_of(load(_SOURCES / _SHIPPED[name]), Environments())


def _spoilt(content: bytes, variant: str, turn: int) -> bytes:
    """The lab with its solutions as answers; each turn spoils another one of them."""
    notebook = json.loads(content)
    answers = [cell for cell in notebook["cells"] if _is_code_answer(cell)]
    if variant != "right":
        cell = answers[turn % len(answers)]
        cell["source"] = _with_body("".join(cell["source"]), _BODIES[variant])
    return json.dumps(notebook).encode()


def _is_code_answer(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def _with_body(source: str, body: str) -> str:
    """The cell with the body of its last function replaced."""
    tree = ast.parse(source)
    last = [node for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
    last.body = ast.parse(body).body
    return ast.unparse(tree)


def _frames() -> Assignment:
    """The lab made here: 22 cells, eight of them tests, in the environment of the shipped pandas lab."""
    cells = [_cell("markdown", "# Small tables"), _cell("code", "import numpy as np\nimport pandas as pd")]
    for number, (title, solution, visible, hidden) in enumerate(_FRAMES):
        called = f"question-{number}"
        cells += [
            _cell("markdown", f"## {title}"),
            _cell("code", solution, grade_id=called, solution=True),
            _cell("code", "pd.DataFrame({'n': [1, 2, 3]}).assign(double=lambda frame: 2 * frame['n'])"),
            _cell("code", visible, grade_id=f"{called}-a", grade=True, locked=True, points=1),
            _cell("code", hidden, grade_id=f"{called}-b", grade=True, locked=True, points=1),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel}, "cells": cells}
    like = _shipped("pandas")
    return Assignment((Master(_NAME, json.dumps(notebook).encode()),), like.environment, like.limits)


def _cell(kind: str, source: str, **flags: object) -> dict[str, Any]:
    nbgrader = {"grade": False, "solution": False, "locked": False, "schema_version": 3, **flags}
    cell: dict[str, Any] = {
        "cell_type": kind,
        "source": source,
        "metadata": {"nbgrader": nbgrader} if flags else {},
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def labs_named(names: Sequence[str], count: int) -> list[BenchLab]:
    """Several labs with ``count`` submissions each."""
    return [bench_lab(name, count) for name in names]
