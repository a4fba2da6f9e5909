"""The executed notebook as nbformat 4.5 JSON: what an instructor sees, and what feedback is cut from.

Every cell says in ``metadata.darsgah`` what it is (``role``, ``grade_id``, ``hidden``, ``verdict``; a cell of
the learner's own has the role ``own``) and in ``metadata.nbgrader`` what nbgrader would say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from darsgah_grader.master import MasterCell
from darsgah_grader.notebook import CellKind
from darsgah_grader.rebuild import PlacedCell
from darsgah_grader.sandbox.types import CellRun
from darsgah_grader.types import Verdict


def executed_notebook(
    cells: Sequence[PlacedCell], runs: Mapping[int, CellRun], verdicts: Mapping[str, Verdict]
) -> bytes:
    """Write the notebook that ran.

    Args:
        cells: the rebuilt notebook.
        runs: what became of its cells, by position; cells that did not run are left out.
        verdicts: the verdicts of graded cells, by grade_id.
    """
    count = 0
    written: list[dict[str, Any]] = []
    for position, cell in enumerate(cells):
        metadata = _metadata(cell.marked, verdicts)
        entry: dict[str, Any] = {
            "id": f"cell-{position}",
            "cell_type": cell.kind.value,
            "metadata": metadata,
            "source": cell.source,
        }
        if cell.kind is CellKind.CODE:
            run = runs.get(position)
            count += run is not None
            entry["execution_count"] = count if run is not None else None
            entry["outputs"] = list(run.outputs) if run is not None else []
        elif cell.written is not None and cell.written.attachments:
            entry["attachments"] = cell.written.attachments
        written.append(entry)
    return msgspec.json.encode(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "cells": written,
        }
    )


def _metadata(marked: MasterCell | None, verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    if marked is None:
        return {"darsgah": {"role": "own"}}
    verdict = verdicts.get(marked.grade_id)
    return {
        "nbgrader": marked.metadata,
        "darsgah": {
            "role": marked.role.value,
            "grade_id": marked.grade_id,
            "hidden": marked.hidden,
            "verdict": verdict.value if verdict is not None else None,
        },
    }
