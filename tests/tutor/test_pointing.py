"""Pointing without a model, and what a verified repair adds to any diagnosis."""

from darsgah_tutor.pointing import Pointing, with_repair
from darsgah_tutor.types import Diagnosis, Finding, Repair
from tests.tutor.acting import FARE, wrong_fare

UNSURE = Diagnosis((3, 2, 1), (0.5, 0.3, 0.2), "off-by-one", 0.4, "any")


def test_a_finding_moves_its_line_forward_and_names_what_it_saw() -> None:
    found = Pointing().diagnose(FARE, wrong_fare(), [Finding("off-by-one", 2, 0.8)])
    assert found.lines[0] == 2
    assert abs(sum(found.scores) - 1) < 1e-9
    assert (found.misconception, found.confidence) == ("off-by-one", 0.8)


def test_without_findings_it_knows_lines_and_no_misconception() -> None:
    found = Pointing().diagnose(FARE, wrong_fare(), [])
    assert set(found.lines) == {1, 2, 3}
    assert (found.misconception, found.confidence) == (None, 0.0)


def test_a_repair_of_one_edit_is_believed_about_its_line() -> None:
    moved = with_repair(UNSURE, Repair("...", (2,), 1, "edit"))
    assert moved.lines == (2, 3, 1)
    assert abs(sum(moved.scores) - 1) < 1e-9
    assert (moved.misconception, moved.confidence) == (None, 0.7)


def test_a_repair_elsewhere_makes_less_sure() -> None:
    sure = Diagnosis((3, 4, 5, 6, 1), (0.4, 0.3, 0.2, 0.1, 0.0), "off-by-one", 0.9, "any")
    moved = with_repair(sure, Repair("...", (1,), 2, "alignment"))
    assert moved.misconception == "off-by-one"
    assert moved.confidence == 0.45


def test_a_repair_that_is_another_program_says_nothing() -> None:
    assert with_repair(UNSURE, Repair("...", (1,), 9, "edit")).lines == UNSURE.lines
    assert with_repair(UNSURE, Repair("...", (1,), 1, "replacement")) is UNSURE
    assert with_repair(UNSURE, None) is UNSURE
