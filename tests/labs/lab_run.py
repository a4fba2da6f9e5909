"""Runs a lab's notebook cell by cell in a Python of its own, as a learner's kernel would from the top."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from darsgah_labs.format import Lab
from darsgah_labs.notebook import SourceNotebook, cell_source, read_notebook


@dataclass(frozen=True)
class LabRun:
    """Errors by grade_id of each test cell (None when it passed), and of the other cells by their place."""

    tests: Mapping[str, str | None]
    other_errors: Mapping[int, str]

    @property
    def failed(self) -> set[str]:
        """The grade_ids of the tests that failed."""
        return {grade_id for grade_id, error in self.tests.items() if error}


class WarmPython:
    """One process with the labs' packages imported, from which each run is forked (``warm_python``)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("warm_python.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()

    def run_lab(self, lab: Lab, answers: Mapping[str, str] | None = None) -> LabRun:
        """Run the lab's only notebook with some answer cells replaced, beside its data files."""
        (content,) = lab.notebooks.values()
        return self.run_notebook(read_notebook(content, "lab", "lab.ipynb"), lab.files, answers or {})

    def run_notebook(
        self, notebook: SourceNotebook, files: Mapping[str, bytes], answers: Mapping[str, str]
    ) -> LabRun:
        """Run a notebook in a new folder that holds the files; warnings count as errors."""
        with tempfile.TemporaryDirectory() as folder:
            for path, content in files.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            outcomes = self._outcomes(folder, code_cells(notebook, answers))
        tests = {cell.index: cell.grade_id for cell in notebook.graded if cell.is_test}
        return LabRun(
            tests={tests[index]: error for index, error in outcomes if index in tests},
            other_errors={index: error for index, error in outcomes if error and index not in tests},
        )

    def _outcomes(self, folder: str, cells: list[tuple[int, str]]) -> list[tuple[int, str | None]]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"folder": folder, "cells": cells}) + "\n")
        self._process.stdin.flush()
        told: list[tuple[int, str | None]] = json.loads(self._process.stdout.readline())
        return told


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
