"""The starter lab, with one thing in it made wrong, checked in the sandbox."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from darsgah.hinting.example_judge import example_judge
from darsgah.lab_assignments import assignment_of
from darsgah.lab_checks.checking import check
from darsgah_grader.grading import Grader
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import lab_of_files
from darsgah_labs.starter import starter_files

QUICK = Choice(times=1, mutants=False, browser=False)
MUTANTS = Choice(times=1, browser=False)
Cells = list[dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """What to make of the starter lab.

    Attributes:
        replace: pairs of what stands in a file and what shall stand there, by file; texts of cells for
            ``lab.ipynb``.
        cells: changes the notebook's cells, whose sources are one text each.
        files: changes the files.
    """

    replace: dict[str, list[tuple[str, str]]] | None = None
    cells: Callable[[Cells], None] | None = None
    files: Callable[[dict[str, bytes]], None] | None = None


def changed_lab(change: Change) -> Lab:
    """The starter lab after a change."""
    files = starter_files()
    book = json.loads(files["lab.ipynb"])
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
    for name, pairs in (change.replace or {}).items():
        for old, new in pairs:
            _replace(files, book["cells"], name, old, new)
    if change.cells is not None:
        change.cells(book["cells"])
    files["lab.ipynb"] = json.dumps(book).encode()
    if change.files is not None:
        change.files(files)
    return lab_of_files("tea", files)


def _replace(files: dict[str, bytes], cells: Cells, name: str, old: str, new: str) -> None:
    if name == "lab.ipynb":
        holding = [cell for cell in cells if old in cell["source"]]
        assert holding, old
        for cell in holding:
            cell["source"] = cell["source"].replace(old, new)
    else:
        assert old in files[name].decode(), old
        files[name] = files[name].decode().replace(old, new).encode()


def report_of(lab: Lab, grader: Grader, choice: Choice = QUICK) -> LabReport:
    """The lab's report."""
    return check(lab, assignment_of(lab, grader.environments), grader, example_judge, choice=choice)


def without_manifest(lab: Lab) -> Lab:
    """The same lab as a plain nbgrader assignment."""
    return lab_of_files("tea", {f"{name}.ipynb": content for name, content in lab.notebooks.items()})


def with_notebook(lab: Lab, content: bytes) -> Lab:
    """The lab with another notebook, unread."""
    return replace(lab, notebooks={"lab": content})
