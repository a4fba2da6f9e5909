"""What a source notebook says about itself: its cells and their nbgrader metadata.

The rules are those of nbgrader's metadata, versions 0 to 3
(https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html), read here without nbgrader so
that the web process may read labs.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

from darsgah_labs.errors import LabInvalid

NEWEST_SCHEMA = 3


@dataclass(frozen=True, slots=True)
class GradedCell:
    """The nbgrader role of one cell.

    Attributes:
        index: position in the notebook, from 0.
        grade_id: unique in the notebook.
        points: what the cell can give; 0 for an answer that a test cell marks.
        is_test: a code cell whose running decides its points.
        is_answer: the learner writes here.
        is_manual: a human marks it: an answer with points, or a task.
    """

    index: int
    cell_type: str
    source: str
    grade_id: str
    points: float
    is_test: bool
    is_answer: bool
    is_manual: bool


@dataclass(frozen=True, slots=True)
class SourceNotebook:
    """A notebook as far as the lab format needs it."""

    name: str
    cells: tuple[dict[str, Any], ...]
    graded: tuple[GradedCell, ...]

    @property
    def points(self) -> float:
        """The sum over all graded cells."""
        return sum((cell.points for cell in self.graded), 0.0)

    @property
    def heading(self) -> str:
        """The first Markdown heading of level 1; empty when there is none."""
        for cell in self.cells:
            for line in cell_source(cell).splitlines() if cell.get("cell_type") == "markdown" else ():
                if line.startswith("# "):
                    return line.strip("# \t")
        return ""


def cell_source(cell: dict[str, Any]) -> str:
    """The cell's source as one string; nbformat also allows a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def read_notebook(content: bytes, name: str, file: str) -> SourceNotebook:
    """The notebook in ``content``.

    Args:
        content: an ``.ipynb`` file.
        name: what the notebook is called, without its ending.
        file: what errors call it.

    Raises:
        LabInvalid: not JSON, not nbformat 4, or nbgrader metadata that nbgrader would refuse too.
    """
    book = _decoded(content, file)
    version = book.get("nbformat")
    if version != 4:
        problem = f"This is a notebook of format {version!r}; format 4 is read."
        raise LabInvalid(file, "nbformat", problem, "Open it in Jupyter, save it, and use that file.")
    cells = book.get("cells")
    if not isinstance(cells, list):
        raise LabInvalid(file, "cells", "The notebook has no list of cells.", "Save it anew in Jupyter.")
    graded: dict[str, GradedCell] = {}
    for index, cell in enumerate(cells):
        _check_shape(cell, index, file)
        found = _graded_cell(cell, index, file)
        if found and found.grade_id in graded:
            place = f"cell {index + 1}"
            problem = (
                f"The grade_id {found.grade_id!r} stands on cell {graded[found.grade_id].index + 1} too."
            )
            raise LabInvalid(file, place, problem, "Give each graded cell a grade_id of its own.")
        if found:
            graded[found.grade_id] = found
    return SourceNotebook(name=name, cells=tuple(cells), graded=tuple(graded.values()))


def _decoded(content: bytes, file: str) -> dict[str, Any]:
    try:
        book = json.loads(content)
    except (ValueError, RecursionError) as error:
        problem = f"This is not a notebook: {str(error).rstrip('.') or 'it is nested too deeply'}."
        raise LabInvalid(file, "", problem, "Export it from Jupyter as .ipynb.") from error
    if not isinstance(book, dict):
        raise LabInvalid(file, "", "This is JSON but not a notebook.", "Export it from Jupyter as .ipynb.")
    return book


def _check_shape(cell: object, index: int, file: str) -> None:
    """What every cell must have for the code here to read it; the rest is nbformat's business."""
    place, mend = f"cell {index + 1}", "Save the notebook anew in Jupyter."
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        raise LabInvalid(file, place, "This is not a cell.", mend)
    if cell.get("cell_type") not in {"code", "markdown", "raw"}:
        raise LabInvalid(file, place, f"The cell type is {cell.get('cell_type')!r}.", mend)
    source = cell.get("source", "")
    if not (
        isinstance(source, str) or (isinstance(source, list) and all(isinstance(x, str) for x in source))
    ):
        raise LabInvalid(file, place, "The cell's source is not text.", mend)


def _graded_cell(cell: dict[str, Any], index: int, file: str) -> GradedCell | None:
    """The role of a cell, or None when nbgrader has nothing to do with it."""
    metadata = cell.get("metadata", {}).get("nbgrader")
    if metadata is None:
        return None
    place = f"cell {index + 1}"
    if not isinstance(metadata, dict):
        raise LabInvalid(
            file, place, "Its nbgrader metadata is not a table.", "Mark the cell anew in Jupyter."
        )
    schema = metadata.get("schema_version", 0)
    if schema not in range(NEWEST_SCHEMA + 1):
        problem = f"Its nbgrader metadata has schema_version {schema!r}; up to {NEWEST_SCHEMA} is read."
        raise LabInvalid(file, place, problem, "Make it with nbgrader 0.9.")
    test, answer, task = (bool(metadata.get(key)) for key in ("grade", "solution", "task"))
    if not (test or answer or task or metadata.get("locked")):
        return None
    grade_id = metadata.get("grade_id")
    if not isinstance(grade_id, str) or not grade_id:
        raise LabInvalid(
            file, place, "It is marked for grading and has no grade_id.", "Give it one in Jupyter."
        )
    kind = str(cell["cell_type"])
    _check_role(kind, place, file, grade=test, solution=answer, task=task)
    points = _points(metadata.get("points"), schema, f"{place} ({grade_id})", file) if test or task else 0.0
    return GradedCell(
        index=index,
        cell_type=kind,
        source=cell_source(cell),
        grade_id=grade_id,
        points=points,
        is_test=test and not answer,
        is_answer=answer,
        is_manual=task or (test and answer),
    )


def _check_role(kind: str, place: str, file: str, *, grade: bool, solution: bool, task: bool) -> None:
    """What nbgrader itself demands of which roles go with which type of cell."""
    if task and kind != "markdown":
        raise LabInvalid(file, place, "A task has to be a Markdown cell.", "Change the cell's type.")
    if kind == "markdown" and not task and grade != solution:
        mend = "Mark it as 'Manually graded answer'."
        raise LabInvalid(file, place, "A graded Markdown cell has to be an answer with points.", mend)


def _points(points: object, schema: int, place: str, file: str) -> float:
    """Points as a number; version 0 also wrote text, or nothing for none, and took negative ones for 0."""
    if schema == 0 and (points is None or isinstance(points, str)):
        try:
            points = float(points or 0)
        except ValueError:
            points = None
    if isinstance(points, bool) or not isinstance(points, int | float) or not math.isfinite(points):
        raise LabInvalid(file, place, f"Its points are {points!r}.", "Give it a number of points.")
    if points < 0 and schema > 0:
        raise LabInvalid(file, place, f"Its points are {points}.", "Give it 0 points or more.")
    return max(float(points), 0.0)
