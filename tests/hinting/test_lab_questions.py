"""From a lab and a notebook to questions, and to what is seen of the answers."""

from pathlib import Path

import pytest

from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah.hinting.plain_questions import plain_question
from darsgah.hinting.trials import open_trials
from darsgah.lab_assignments import assignment_of
from darsgah_grader.grading import Grader
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from darsgah_tutor.types import Ended
from tests.hinting.lab import SECRET, write_lab, write_submission


@pytest.fixture
def questions(tmp_path: Path, grader: Grader) -> list[LabQuestion]:
    """Those of a notebook whose second answer is wrong."""
    lab = load(write_lab(tmp_path / "rooms.ipynb"))
    assignment = assignment_of(lab, grader.environments)
    wrong = write_submission(tmp_path / "wrong.ipynb", price="def price(a, b):\n    return area(a, b)")
    return lab_questions(assignment, lab.alternatives, {"rooms": wrong.read_bytes()})


def test_a_question_has_its_text_its_tests_and_a_reference(questions: list[LabQuestion]) -> None:
    area, price = (found.question for found in questions)
    assert area.description == "## The area\n\nWrite `area(a, b)`."
    assert area.references == ("def area(a, b):\n    return a * UNIT * b",)
    assert "NotImplementedError" in area.starter
    assert area.setup == "UNIT = 1"
    visible, hidden = area.tests
    assert (visible.name, visible.visible, hidden.name, hidden.visible) == (
        *("test-area", True),
        *("test-area", False),
    )
    assert SECRET not in visible.source
    assert hidden.source == f'assert square(5) == 25, "{SECRET}"'
    assert [test.name for test in price.tests] == ["test-price"] * 2


def test_an_answer_runs_among_the_cells_that_it_rests_on(questions: list[LabQuestion]) -> None:
    area, price = questions
    assert area.before == ("UNIT = 1",)
    assert price.before == ("def area(a, b):\n    return a * b",)


def test_what_is_seen_of_answers(questions: list[LabQuestion], grader: Grader) -> None:
    area, price = questions
    assert area.trials(grader).observe(area.answer).correct
    with price.trials(grader) as trials:
        seen = trials.observe(price.answer)
        assert (seen.ended, seen.correct) == (Ended.RAN, False)
        shown, hidden = seen.checks
        assert (shown.call, shown.expected, shown.got, shown.line) == ("price(1, 2)", "20", "2", 1)
        assert (hidden.visible, hidden.passed, hidden.source, hidden.got) == (False, False, "", "")
        assert shown.lines == hidden.lines == {2}
        assert trials.passed([*price.question.references, price.answer], seconds=20) == [
            (True, True),
            (False, False),
        ]


def test_no_text_of_hidden_tests_is_in_the_evidence(questions: list[LabQuestion], grader: Grader) -> None:
    """Also where the answer looks for it: the process that has it tells no text."""
    area, _ = questions
    reads = (
        "import sys, gc\ndef area(a, b):\n    raise Exception([repr(sys._getframe(depth).f_globals) + "
        "repr(sys._getframe(depth).f_code.co_consts) for depth in range(1, 6)], "
        "[thing for thing in gc.get_objects() if type(thing) is str])"
    )
    assert SECRET not in repr(area.trials(grader).observe(reads))


@pytest.mark.parametrize("folder", shipped_labs()[:2], ids=lambda folder: folder.name)
def test_references_of_shipped_labs_are_correct_among_few_cells(folder: Path, grader: Grader) -> None:
    lab = load(folder)
    assignment = assignment_of(lab, grader.environments)
    for found in lab_questions(assignment, lab.alternatives, reference_submission(assignment)):
        seen = found.trials(grader).observe(found.question.references[0])
        assert seen.correct, (found.question.id, seen)


def test_a_plain_question_asks_for_value_and_type(grader: Grader) -> None:
    question = plain_question(
        "count",
        "Count.",
        ["def count(x): return len(x)"],
        calls=[("count('ab')", "2"), ("count", "<function count>")],
        setup="import math",
    )
    trials = open_trials(grader, question)
    same, text = trials.observe("def count(x): return 2.0").checks
    assert (same.passed, same.call, same.expected, same.got) == (False, "count('ab')", "2", "2.0")
    assert text.passed is False
    assert trials.observe(question.references[0]).checks[0].passed is True


@pytest.mark.parametrize(("hidden", "visible"), [(False, [True]), (True, [True, False])])
def test_a_test_that_ends_in_points_asks_for_all_of_them(
    tmp_path: Path, grader: Grader, hidden: bool, visible: list[bool]
) -> None:
    marks = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS" if hidden else "{}"
    test = (
        "score = 0\nif area(1, 2) == 2:\n    score += 0.5\n"
        + marks.format("score += area(1, 1) / 2")
        + "\nscore"
    )
    lab = load(write_lab(tmp_path / "rooms.ipynb", area_test=test))
    assignment = assignment_of(lab, grader.environments)
    first = lab_questions(assignment, (), reference_submission(assignment))[0]
    assert [one.visible for one in first.question.tests] == visible
    trials = first.trials(grader)
    assert trials.observe(first.question.references[0]).correct
    half = trials.observe("def area(a, b):\n    return 2 * (b - 1)")
    assert not half.correct
    assert hidden or (half.checks[-1].call, half.checks[-1].expected, half.checks[-1].got) == (
        *("score", "1", "0.5"),
    )
