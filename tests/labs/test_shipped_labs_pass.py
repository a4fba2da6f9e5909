"""Every lab that ships passes its check, graded once, with some of its mutants; ``make labs`` takes all."""

from collections import Counter
from pathlib import Path

import pytest

from darsgah.lab_assignments import assignment_of
from darsgah_grader.grading import Grader
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.text import ENOUGH_MISCONCEPTIONS
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from tests.grading.split.share import as_documented, counted, documented
from tests.labs.checked_lab import report_of

SOME = 3
"""Mutants of an answer, of the 40 that `darsgah lab check` takes; ``test_browser_run`` tries the browser."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", shipped_labs(), ids=lambda folder: folder.name)
def test_a_shipped_lab_passes(grader: Grader, folder: Path) -> None:
    lab = load(folder)
    report = report_of(lab, grader, Choice(times=1, most=SOME, browser=False))
    assert [f"{problem.code}: {problem.message}" for problem in report.problems] == []
    assert report.ok
    assert report.mutation_score is not None
    assert report.mutation_score >= 0.9
    assert len(lab.hint_bank.misconceptions) >= ENOUGH_MISCONCEPTIONS
    assert len(lab.alternatives) >= 2


def test_all_their_tests_are_graded_split(grader: Grader) -> None:
    share: Counter[str] = Counter()
    for folder in shipped_labs():
        lab = assignment_of(load(folder), grader.environments)
        solved = grader.grade(lab, {master.name: master.content for master in lab.masters})
        share += counted(solved, solved)
    assert as_documented(share) == documented("the labs that come with Darsgah")
    assert not share["in-process"]
