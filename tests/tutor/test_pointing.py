"""Pointing without a model, and what a verified repair adds to any diagnosis."""

import pytest

from darsgah_tutor.pointing import Pointing, weighed, with_repair
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
    assert moved.misconception is None


@pytest.mark.parametrize(
    ("seen", "line", "named"),
    [
        (Finding("off-by-one", 6, 0.8), 2, False),  # seen elsewhere, and not plainly
        (Finding("off-by-one", 6, 0.9), 6, True),
        (Finding("off-by-one", 3, 0.8), 2, True),  # beside it: one of the two is where something is missing
    ],
)
def test_what_was_seen_elsewhere_gives_way_to_a_repair_of_one_edit_unless_it_is_plain(
    seen: Finding, line: int, named: bool
) -> None:
    sure = Diagnosis((6, 3, 4, 5, 2), (0.4, 0.3, 0.2, 0.1, 0.0), "off-by-one", seen.strength, "any")
    moved = with_repair(sure, Repair("...", (2,), 1, "edit"), [seen])
    assert (moved.lines[0], moved.misconception == "off-by-one") == (line, named)


def test_who_else_points_there_makes_surer_of_the_line_and_not_of_the_name() -> None:
    sure = Diagnosis((2, 3), (0.6, 0.4), "off-by-one", 0.8, "any")
    one, far = Repair("...", (2,), 1, "edit"), Repair("...", (2,), 9, "replacement")
    told = [weighed(sure, 2, one, firsts) for firsts in ([2, 2], [2, 3], [3, 3])]
    assert [each.confidence for each in told] == sorted((each.confidence for each in told), reverse=True)
    assert told[0].confidence > 0.95
    assert weighed(sure, 2, far, [2, 2]).confidence < told[-1].confidence
    assert weighed(sure, 3, one, [3, 3]).confidence < told[-1].confidence
    assert weighed(sure, 2, None, [3, 3]).confidence == 0.8, "nothing speaks against it"
    assert {each.misconception for each in told} == {"off-by-one"}
    unsure = weighed(UNSURE, 3, Repair("...", (3,), 1, "edit"), [3, 3])
    assert (unsure.misconception, unsure.confidence > 0.95) == (None, True)


def test_a_repair_elsewhere_makes_less_sure() -> None:
    sure = Diagnosis((3, 4, 5, 6, 1), (0.4, 0.3, 0.2, 0.1, 0.0), "off-by-one", 0.9, "any")
    moved = with_repair(sure, Repair("...", (1,), 2, "alignment"))
    assert moved.misconception == "off-by-one"
    assert moved.confidence == 0.45


def test_a_repair_that_is_another_program_says_nothing() -> None:
    assert with_repair(UNSURE, Repair("...", (1,), 9, "edit")).lines == UNSURE.lines
    assert with_repair(UNSURE, Repair("...", (1,), 1, "replacement")) is UNSURE
    assert with_repair(UNSURE, None) is UNSURE
