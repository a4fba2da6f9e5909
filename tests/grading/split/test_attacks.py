"""What a learner's code tries against tests in another sandbox gains nothing, and costs no other question."""

import pytest

from darsgah_grader.grading import Grader
from darsgah_grader.types import Assurance, Verdict
from tests.grading.split.attacks import Attack, all_attacks


@pytest.mark.parametrize("attack", all_attacks(), ids=lambda attack: attack.name)
def test_attack(attack: Attack, grader: Grader) -> None:
    honest = grader.grade(attack.assignment, {"nb": attack.honest})
    assert [cell.verdict for cell in honest.cells] == [Verdict.PASSED, Verdict.PASSED]
    attacked = grader.grade(attack.assignment, {"nb": attack.submission})
    assert attacked.assurance is Assurance.SPLIT
    solve, half = attacked.cells
    assert (solve.score, half.score) == (0, 1)
