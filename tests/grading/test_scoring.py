"""From what the sandbox saw of a cell to points, and what is told about it."""

from dataclasses import replace

import pytest

from darsgah_grader.intake import read_notebook
from darsgah_grader.master import MasterCell, read_master
from darsgah_grader.messages import message_for
from darsgah_grader.sandbox.types import UNUSABLE, CellRun, Outcome
from darsgah_grader.scoring import score_cell
from darsgah_grader.types import Limits, Master, Verdict
from tests.grading.notebooks import check, manual, notebook, task


def only_cell(cell: dict[str, object]) -> MasterCell:
    return read_master(Master("nb", notebook(cell))).cells[0]


TEST = only_cell(check("t", "pass", 2))


@pytest.mark.parametrize(
    ("run", "verdict", "points", "flagged"),
    [
        (None, Verdict.NOT_RUN, 0, False),
        (CellRun(Outcome.OK), Verdict.PASSED, 2, False),
        (CellRun(Outcome.ERROR), Verdict.FAILED, 0, False),
        (CellRun(Outcome.TIMEOUT), Verdict.TIMEOUT, 0, False),
        (CellRun(Outcome.MEMORY), Verdict.MEMORY, 0, False),
        (CellRun(Outcome.DIED), Verdict.DIED, 0, False),
        (CellRun(Outcome.NOT_RUN), Verdict.NOT_RUN, 0, False),
        (CellRun(Outcome.ERROR, partial=2, has_result=True), Verdict.FAILED, 0, False),
        (CellRun(Outcome.OK, partial=2, has_result=True), Verdict.PASSED, 2, False),
        (CellRun(Outcome.OK, partial=0.5, has_result=True), Verdict.PARTIAL, 0.5, False),
        (CellRun(Outcome.OK, partial=0, has_result=True), Verdict.FAILED, 0, False),
        (CellRun(Outcome.OK, partial=2.0001, has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=-0.1, has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=float("nan"), has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=float("inf"), has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=True, has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial="2", has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=UNUSABLE, has_result=True), Verdict.FAILED, 0, True),
        (CellRun(Outcome.OK, partial=None, has_result=True), Verdict.FAILED, 0, True),
    ],
)
def test_points_of_a_test(run: CellRun | None, verdict: Verdict, points: float, flagged: bool) -> None:
    score = score_cell(TEST, None, run)
    assert (score.verdict, score.points, bool(score.flags)) == (verdict, points, flagged)
    assert type(score.points) is float


@pytest.mark.parametrize(
    ("written", "verdict", "points"),
    [
        ("YOUR ANSWER HERE", Verdict.UNCHANGED, 0),
        ("YOUR ANSWER HERE\n", Verdict.MANUAL, None),
        ("", Verdict.MANUAL, None),
    ],
)
def test_points_of_an_answer_for_a_human(written: str, verdict: Verdict, points: float | None) -> None:
    copy = read_notebook(notebook(manual("essay", written)), Limits()).cells[0]
    score = score_cell(only_cell(manual("essay", "Because.")), copy, None)
    assert (score.verdict, score.points) == (verdict, points)


def test_a_task_always_waits() -> None:
    assert score_cell(only_cell(task("todo", "Draw.")), None, None).points is None


SECRETIVE = only_cell(
    check(
        "t",
        'assert f(2) == 4, "two"\n### BEGIN HIDDEN TESTS\n'
        'assert f(31) == 62, "large numbers"\nassert f(5) == 10, "f(5) is not right"\n'
        'assert f("abcd") == 1, "abcd should work"\nassert f(6) == 12, f"not {6}"\n'
        'case.assertEqual(f(7), 14, msg="sevens")\nraise ValueError("at the end")\n### END HIDDEN TESTS',
    )
)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("two", "two"),
        ("large numbers", "large numbers"),
        ("f(5) is not right", ""),
        ("abcd should work", ""),
        ("not 6", ""),
        ("14 != 3 : sevens", "sevens"),
        ("at the end", "at the end"),
        ("anything else", ""),
        ("", ""),
    ],
)
def test_messages_of_a_hidden_test(raised: str, told: str) -> None:
    run = CellRun(Outcome.ERROR, error_name="AssertionError", error_value=raised)
    assert message_for(SECRETIVE, Verdict.FAILED, run, Limits()) == told


def test_a_hidden_test_with_ipython_syntax_tells_nothing() -> None:
    cell = only_cell(check("t", '### BEGIN HIDDEN TESTS\n%time\nassert 0, "here"\n### END HIDDEN TESTS'))
    run = CellRun(Outcome.ERROR, error_name="AssertionError", error_value="here")
    assert message_for(cell, Verdict.FAILED, run, Limits()) == ""


def test_messages_of_a_visible_test_are_what_was_raised_and_bounded() -> None:
    run = CellRun(Outcome.ERROR, error_name="ValueError", error_value="x" * 10_000)
    told = message_for(TEST, Verdict.FAILED, run, Limits())
    assert told.startswith("ValueError: xxx")
    assert len(told) < 600
    assert message_for(TEST, Verdict.FAILED, replace(run, error_value=""), Limits()) == "ValueError"


@pytest.mark.parametrize(
    "verdict", [Verdict.TIMEOUT, Verdict.MEMORY, Verdict.DIED, Verdict.NOT_RUN, Verdict.MISSING]
)
def test_every_bad_end_is_explained(verdict: Verdict) -> None:
    assert message_for(SECRETIVE, verdict, CellRun(Outcome.ERROR), Limits()).endswith(".")


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.PARTIAL, Verdict.MANUAL])
def test_there_is_nothing_to_say_about_the_rest(verdict: Verdict) -> None:
    assert message_for(TEST, verdict, CellRun(Outcome.OK), Limits()) == ""
