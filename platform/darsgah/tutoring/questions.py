"""Which question of a notebook a cell belongs to, by nbgrader's marks in the notebook as it was given out."""

import json
from typing import Any


def question_of(release: bytes, cell_id: str) -> str | None:
    """The grade_id of the answer that a cell belongs to: its own, or for a test that of the answer above it.

    Args:
        release: the notebook as learners get it.
        cell_id: a cell's id, or its grade_id.

    Returns:
        None where the notebook has no such cell, or nothing is answered in code there.
    """
    answer: str | None = None
    for cell in json.loads(release)["cells"]:
        marks = _marks(cell)
        if _is_answer(cell, marks):
            answer = str(marks["grade_id"])
        if cell_id in (cell.get("id"), marks.get("grade_id")):
            return answer if _is_answer(cell, marks) or _is_test(marks) else None
    return None


def answer_in(notebook: bytes, question: str) -> str:
    """A learner's answer to a question, by its grade_id; empty where the notebook does not have it."""
    try:
        for cell in json.loads(notebook)["cells"]:
            if _marks(cell).get("grade_id") == question:
                source = cell["source"]
                return source if isinstance(source, str) else "".join(source)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""  # a notebook that cannot be read has no answers
    return ""


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def _is_answer(cell: dict[str, Any], marks: dict[str, Any]) -> bool:
    is_solution = bool(marks.get("solution")) and not marks.get("grade")
    return is_solution and cell.get("cell_type") == "code" and "grade_id" in marks


def _is_test(marks: dict[str, Any]) -> bool:
    return bool(marks.get("grade")) and not marks.get("solution")
