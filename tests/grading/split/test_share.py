"""How many tests are graded split, over all that nbgrader brings and our own labs.

What nbgrader brings has the same scores in one process.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from darsgah.lab_assignments import assignment_of
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Assurance, Grade, Verdict
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from tests.grading.packaged import packaged_pairs

pytestmark = pytest.mark.timeout(300)

DOCUMENT = Path(__file__).parents[3] / "docs" / "grading.md"
_PASSED = {Verdict.PASSED, Verdict.PARTIAL}


def outcomes(grade: Grade) -> dict[tuple[str, str], tuple[float | None, Verdict]]:
    return {
        (cell.notebook, cell.grade_id): (cell.score, cell.verdict)
        for cell in grade.cells
        if cell.kind == "autograded"
    }


def both(grader: Grader, lab: Assignment, submission: Mapping[str, bytes]) -> tuple[Grade, Grade]:
    """A submission graded by the rule, and in one process."""
    return grader.grade(lab, submission), grader.grade(lab, submission, Assurance.IN_PROCESS)


def counted(split: Grade, whole: Grade) -> Counter[str]:
    """The tests of a lab by how its solution is graded; those that this does not pass anyhow apart."""
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


def documented() -> dict[str, tuple[int, int, int]]:
    table = DOCUMENT.read_text().split("<!-- share -->")[1]
    return {
        row[0]: (int(row[1]), int(row[2]), int(row[3]))
        for row in re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    }


def test_nearly_all_tests_are_graded_split_and_scores_are_the_same(grader: Grader) -> None:
    share: dict[str, Counter[str]] = {
        "nbgrader's package": Counter(),
        "the labs that come with Darsgah": Counter(),
    }
    pairs = packaged_pairs(grader)
    for pair in pairs:
        split, whole = both(grader, pair.lab, pair.submission)
        assert outcomes(split) == outcomes(whole), pair.assignment
        if pair.student == "reference":
            share["nbgrader's package"] += counted(split, whole)
    for folder in shipped_labs():
        lab = assignment_of(load(folder), grader.environments)
        solution = {master.name: master.content for master in lab.masters}
        split = grader.grade(lab, solution)
        share["the labs that come with Darsgah"] += counted(split, split)
    found = {name: (kinds["split"], kinds["in-process"], kinds["unsolved"]) for name, kinds in share.items()}
    assert found == documented()
    split_share = sum(kinds["split"] for kinds in share.values())
    assert split_share >= 0.95 * (split_share + sum(kinds["in-process"] for kinds in share.values()))
