"""How many of a lab's tests are graded split, and how many the documentation says there are."""

import re
from collections import Counter
from pathlib import Path

from darsgah_grader.types import Assurance, Grade, Verdict

_DOCUMENT = Path(__file__).parents[3] / "docs" / "grading.md"
_PASSED = {Verdict.PASSED, Verdict.PARTIAL}


def outcomes(grade: Grade) -> dict[tuple[str, str], tuple[float | None, Verdict]]:
    """Score and verdict of each test."""
    return {
        (cell.notebook, cell.grade_id): (cell.score, cell.verdict)
        for cell in grade.cells
        if cell.kind == "autograded"
    }


def counted(split: Grade, whole: Grade) -> Counter[str]:
    """The tests of a lab by how its solution is graded; those that it does not pass as a whole apart."""
    passed = {key for key, (_, verdict) in outcomes(whole).items() if verdict in _PASSED}
    return Counter(
        "unsolved"
        if (cell.notebook, cell.grade_id) not in passed
        else "split"
        if cell.assurance is Assurance.SPLIT
        else "in-process"
        for cell in split.cells
        if cell.kind == "autograded"
    )


def documented(whose: str) -> tuple[int, int, int]:
    """What ``docs/grading.md`` says of them: split, in one process, not passed by the solution."""
    table = _DOCUMENT.read_text().split("<!-- share -->")[1]
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    [(split, together, unsolved)] = [row[1:] for row in rows if row[0] == whose]
    return int(split), int(together), int(unsolved)


def as_documented(kinds: Counter[str]) -> tuple[int, int, int]:
    """The same of what was counted."""
    return kinds["split"], kinds["in-process"], kinds["unsolved"]
