"""Short ways to write the notebooks that the grading tests grade."""

import json
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from darsgah_grader.types import Assignment, Environment, Limits, Master

NBGRADER = Path(str(distribution("nbgrader").locate_file("nbgrader")))
"""The installed nbgrader, which brings notebooks of its own; not imported for that, which takes seconds."""

PYTHON = Environment("python")


def cell(kind: str, source: str, tags: tuple[str, ...] = (), **nbgrader_metadata: object) -> dict[str, Any]:
    """A cell of nbformat 4; keyword arguments become its nbgrader metadata."""
    metadata: dict[str, Any] = {}
    if nbgrader_metadata:
        flags = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
        metadata["nbgrader"] = {**flags, **nbgrader_metadata}
    if tags:
        metadata["tags"] = list(tags)
    written: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        written |= {"execution_count": None, "outputs": []}
    return written


def code(source: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A code cell without a mark."""
    return cell("code", source, tags)


def markdown(source: str) -> dict[str, Any]:
    """A Markdown cell without a mark."""
    return cell("markdown", source)


def answer(grade_id: str, source: str) -> dict[str, Any]:
    """A cell that tests grade."""
    return cell("code", source, grade_id=grade_id, solution=True)


def check(grade_id: str, source: str, points: float = 1, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """An autograded test."""
    return cell("code", source, tags, grade_id=grade_id, grade=True, locked=True, points=points)


def manual(grade_id: str, source: str, points: float = 2, kind: str = "markdown") -> dict[str, Any]:
    """An answer that a human marks."""
    return cell(kind, source, grade_id=grade_id, grade=True, solution=True, points=points)


def task(grade_id: str, source: str, points: float = 3) -> dict[str, Any]:
    """A task that a human marks."""
    return cell("markdown", source, grade_id=grade_id, task=True, locked=True, points=points)


def readonly(grade_id: str, source: str, kind: str = "code") -> dict[str, Any]:
    """A locked cell."""
    return cell(kind, source, grade_id=grade_id, locked=True)


def notebook(*cells: dict[str, Any], **top: object) -> bytes:
    """The bytes of a notebook; keyword arguments replace keys of the outer object."""
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": list(cells), **top}
    ).encode()


def assignment(*cells: dict[str, Any], files: Mapping[str, bytes] | None = None) -> Assignment:
    """An assignment of one notebook, named ``nb``."""
    return Assignment((Master("nb", notebook(*cells)),), PYTHON, Limits(), files or {})
