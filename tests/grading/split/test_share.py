"""How many tests are graded split over all that nbgrader brings; its solutions score the same in one process.

``test_shipped_labs_pass`` counts those of the labs that come with Darsgah, where their environments are warm.
"""

from collections import Counter

import pytest

from darsgah_grader.grading import Grader
from darsgah_grader.types import Assurance
from tests.grading.packaged import packaged_pairs
from tests.grading.split.share import as_documented, counted, documented, outcomes


@pytest.mark.timeout(300)
def test_nearly_all_tests_are_graded_split_and_scores_are_the_same(grader: Grader) -> None:
    share: Counter[str] = Counter()
    for pair in packaged_pairs(grader):
        if pair.student == "reference":
            split = grader.grade(pair.lab, pair.submission)
            whole = grader.grade(pair.lab, pair.submission, Assurance.IN_PROCESS)
            assert outcomes(split) == outcomes(whole), pair.assignment
            share += counted(split, whole)
    assert as_documented(share) == documented("nbgrader's package")
    assert share["split"] >= 0.95 * (share["split"] + share["in-process"])
