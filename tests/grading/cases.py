"""The case folders: what each says about nbgrader's scores and ours."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah_grader.types import Assignment, Grade, Limits, Master
from tests.grading.notebooks import PYTHON

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder under ``cases``: ``source.ipynb``, ``submission.ipynb`` and ``case.json``.

    ``case.json`` has ``about`` (a sentence), ``nbgrader`` (grade_id to score, null for one that waits for a
    human; or ``"fails"``, when nbgrader does not grade the submission at all), ``darsgah`` (grade_id to
    score, verdict and flags; or the code of the refusal), and optionally ``flags`` of the whole submission,
    ``limits`` and files that a learner laid ``beside`` the notebook.
    """

    name: str
    nbgrader: dict[str, float | None] | str
    darsgah: dict[str, Any]
    flags: tuple[str, ...]
    cell_seconds: int | None
    beside: dict[str, str]

    @property
    def assignment(self) -> Assignment:
        """The case's source notebook, named ``nb``, with the case's limits."""
        limits = Limits(cell_seconds=self.cell_seconds) if self.cell_seconds else Limits()
        return Assignment((Master("nb", (CASES / self.name / "source.ipynb").read_bytes()),), PYTHON, limits)

    @property
    def submission(self) -> bytes:
        """What the learner hands in."""
        return (CASES / self.name / "submission.ipynb").read_bytes()

    @property
    def scores(self) -> dict[str, float | None] | str:
        """Our scores in the form of nbgrader's."""
        if "error" in self.darsgah:
            return "fails"
        return {grade_id: cell["score"] for grade_id, cell in self.darsgah.items()}

    @property
    def deviates(self) -> bool:
        """Whether our scores are meant to differ from nbgrader's."""
        return self.scores != self.nbgrader


def read_case(folder: Path) -> Case:
    """Read one case folder."""
    written = json.loads((folder / "case.json").read_text())
    return Case(
        name=folder.name,
        nbgrader=written["nbgrader"],
        darsgah=written["darsgah"],
        flags=tuple(written.get("flags", ())),
        cell_seconds=written.get("limits", {}).get("cell_seconds"),
        beside=written.get("beside", {}),
    )


def all_cases() -> list[Case]:
    """Every case, by name."""
    return [read_case(folder) for folder in sorted(CASES.iterdir()) if folder.is_dir()]


def outcome(grade: Grade) -> dict[str, Any]:
    """A grade in the form of ``case.json``'s ``darsgah``."""
    if grade.error is not None:
        return {"error": grade.error.code}
    return {
        cell.grade_id: {"score": cell.score, "verdict": cell.verdict.value}
        | ({"flags": [flag.name for flag in cell.flags]} if cell.flags else {})
        for cell in grade.cells
    }
