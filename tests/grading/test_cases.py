"""Every case folder, graded by us."""

import pytest

from darsgah_grader.grading import Grader
from tests.grading.cases import Case, all_cases, outcome


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_case(case: Case, grader: Grader) -> None:
    grade = grader.grade(case.assignment, {"nb": case.submission})
    assert outcome(grade) == case.darsgah
    assert tuple(flag.name for flag in grade.flags) == case.flags
