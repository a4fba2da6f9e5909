"""Runs a lab's notebook cell by cell in a fresh Python process, as a learner's kernel would from the top."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah_labs.format import Lab
from darsgah_labs.notebook import SourceNotebook, cell_source, read_notebook

CHILD = """
import contextlib, io, json, sys, traceback, warnings
warnings.simplefilter("error")
namespace = {"__name__": "__main__"}
outcomes = []
for index, source in json.load(sys.stdin):
    written = io.StringIO()
    try:
        with contextlib.redirect_stdout(written):
            exec(compile(source, f"cell-{index}", "exec"), namespace)
        outcomes.append((index, None, written.getvalue()))
    except BaseException as error:
        outcomes.append((index, f"{type(error).__name__}: {error}", written.getvalue()))
json.dump(outcomes, sys.stdout)
"""


@dataclass(frozen=True)
class LabRun:
    """Errors by grade_id of each test cell (None when it passed), and of the other cells by their place."""

    tests: Mapping[str, str | None]
    other_errors: Mapping[int, str]

    @property
    def failed(self) -> set[str]:
        """The grade_ids of the tests that failed."""
        return {grade_id for grade_id, error in self.tests.items() if error}


def run_lab(lab: Lab, answers: Mapping[str, str] | None = None, interpreter: str = sys.executable) -> LabRun:
    """Run the lab's only notebook with some answer cells replaced, beside its data files."""
    (content,) = lab.notebooks.values()
    return run_notebook(read_notebook(content, "lab", "lab.ipynb"), lab.files, answers or {}, interpreter)


def run_notebook(
    notebook: SourceNotebook,
    files: Mapping[str, bytes],
    answers: Mapping[str, str],
    interpreter: str = sys.executable,
) -> LabRun:
    """Run a notebook in a new folder that holds the files; warnings count as errors."""
    cells = code_cells(notebook, answers)
    with tempfile.TemporaryDirectory() as name:
        for path, content in files.items():
            target = Path(name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        finished = subprocess.run(
            [interpreter, "-I", "-c", CHILD],
            input=json.dumps(cells).encode(),
            capture_output=True,
            cwd=name,
            timeout=120,
            check=True,
        )
    outcomes: list[tuple[int, str | None, str]] = json.loads(finished.stdout)
    tests = {cell.index: cell.grade_id for cell in notebook.graded if cell.is_test}
    return LabRun(
        tests={tests[index]: error for index, error, _ in outcomes if index in tests},
        other_errors={index: error for index, error, _ in outcomes if error and index not in tests},
    )


def code_cells(notebook: SourceNotebook, answers: Mapping[str, str]) -> list[tuple[int, str]]:
    """Place and source of every code cell, answers put in."""
    replaced = {cell.index: answers[cell.grade_id] for cell in notebook.graded if cell.grade_id in answers}
    return [
        (index, replaced.get(index, cell_source(cell)))
        for index, cell in enumerate(notebook.cells)
        if cell["cell_type"] == "code"
    ]


def as_notebook(cells: list[dict[str, Any]]) -> bytes:
    """A notebook file of these cells."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
