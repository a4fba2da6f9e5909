"""What a gradebook that real nbgrader made brings: names, dates, and marks beside the grade made here."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from darsgah.access import Actor, Role
from darsgah.course_import.marks import PENALTY
from darsgah.course_import.report import Kind, Outcome
from darsgah.grades import service as grades
from darsgah.grades.tasks import GradingTasks
from tests.importing.conftest import HUB, Importer
from tests.importing.nbgrader_school import ANSWER_COMMENT, DUE, HACKER, TASK_COMMENT
from tests.importing.rows import rows, submissions

PLACEHOLDER = f"bitdiddle@programming.{HUB}.nbgrader.invalid"
CELLS = (
    "SELECT c.* FROM cell_grade c JOIN grading_run r ON r.id = c.run_id JOIN submission s"
    " ON s.id = r.submission_id JOIN account a ON a.id = s.account_id"
    " WHERE a.email = :email AND r.engine = :engine ORDER BY r.number, c.position"
)


def _write(school: Path, statement: str, *values: str | float) -> None:
    with closing(sqlite3.connect(school / "gradebook.db")) as gradebook, gradebook:
        gradebook.execute(statement, values)


async def test_students_and_dates(importer: Importer, school: Path) -> None:
    await importer.run(school)
    people = await rows(
        importer.database,
        "SELECT email, display_name, role FROM account a JOIN enrolment e ON e.account_id = a.id"
        " JOIN role_grant g ON g.account_id = a.id AND g.hub_id = e.hub_id ORDER BY email",
    )
    assert [tuple(person) for person in people] == [
        (f"absent@programming.{HUB}.nbgrader.invalid", "Never There", "learner"),
        (PLACEHOLDER, "bitdiddle", "learner"),
        (HACKER, "Alyssa Hacker", "learner"),
    ]
    terms = await rows(importer.database, "SELECT due_at, closes_at FROM assignment")
    assert [tuple(row) for row in terms] == [(DUE.replace(tzinfo=UTC), None)]
    late = {one.email: one.late for one in await submissions(importer.database)}
    assert late == {PLACEHOLDER: True, HACKER: False}


async def test_marks_are_kept_whole_beside_the_grade(importer: Importer, school: Path) -> None:
    await importer.run(school)
    cells = await rows(importer.database, CELLS, email=HACKER, engine="nbgrader")
    scores = {cell.grade_id: (cell.score, cell.max_score, cell.kind) for cell in cells}
    assert scores["correct_squares"] == (1.0, 1.0, "autograded")
    assert scores["sum_of_squares_equation"] == (0.75, 1.0, "manual")
    assert scores["part-a"] == (None, 1.0, "manual")
    assert scores["cell-938593c4a215c6cc"][2] == "task"
    by_hand = next(cell for cell in cells if cell.grade_id == "sum_of_squares_equation")
    assert by_hand.flags == [{"name": "nbgrader_by_hand", "evidence": "by hand 0.5, extra credit 0.25"}]
    assert by_hand.message == TASK_COMMENT
    remark = next(cell for cell in cells if cell.grade_id == "squares")
    assert (remark.kind, remark.max_score, remark.message) == ("comment", 0.0, ANSWER_COMMENT)
    waiting = await rows(importer.database, "SELECT state, score, current_run_id FROM submission")
    assert {tuple(row) for row in waiting} == {("queued", None, None)}
    assert any("1 marked by hand, 2 comments" in text for text in importer.said(Kind.MARKS, Outcome.NEW))


async def test_graded_here_as_nbgrader_did(importer: Importer, school: Path) -> None:
    await importer.run(school)
    tasks = GradingTasks(importer.database, importer.blobs, importer.grader)
    for one in await submissions(importer.database):
        await tasks.grade(str(one.id))
        theirs = await rows(importer.database, CELLS, email=one.email, engine="nbgrader")
        ours = await rows(importer.database, CELLS, email=one.email, engine="1")
        expected = {
            (cell.notebook, cell.grade_id): cell.score
            for cell in theirs
            if cell.kind != "comment" and not cell.flags
        }
        assert len(expected) >= 8
        found = {(cell.notebook, cell.grade_id): cell.score for cell in ours}
        assert {place: found[place] for place in expected} == expected
    graded = {one.email: one.score for one in await submissions(importer.database)}
    assert graded == {PLACEHOLDER: 1.5, HACKER: 3.0}


async def test_pages_show_the_grade_made_here(importer: Importer, school: Path) -> None:
    await importer.run(school)
    one = next(found for found in await submissions(importer.database) if found.email == HACKER)
    hub_id, account_id = (
        await rows(importer.database, "SELECT hub_id, account_id FROM submission WHERE id = :id", id=one.id)
    )[0]
    actor = Actor(account_id, "Alyssa Hacker", "en", frozenset({(Role.LEARNER, hub_id)}))
    async with importer.database.begin() as session:
        before = await grades.result(session, actor, one.id)
    assert before.run is None
    await GradingTasks(importer.database, importer.blobs, importer.grader).grade(str(one.id))
    _write(school, "UPDATE grade SET extra_credit = 1 WHERE manual_score = 0.5")
    await importer.run(school)
    async with importer.database.begin() as session:
        after = await grades.result(session, actor, one.id)
    assert after.run is not None
    assert (after.run.number, after.run.score, after.submission.score) == (2, 3.0, 3.0)
    assert all(cell.kind != "comment" for cell in after.run.cells)


async def test_marks_made_since_are_added(importer: Importer, school: Path) -> None:
    await importer.run(school)
    _write(school, "UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE needs_manual_grade = 1")
    report = await importer.run(school)
    assert report.counts[Kind.MARKS, Outcome.CHANGED] == 2
    runs = await rows(importer.database, "SELECT engine, number FROM grading_run ORDER BY number")
    assert [tuple(run) for run in runs] == [("nbgrader", 1)] * 2 + [("nbgrader", 2)] * 2


async def test_a_late_penalty_is_kept_aside(importer: Importer, school: Path) -> None:
    _write(school, "UPDATE submitted_notebook SET late_submission_penalty = 0.5")
    await importer.run(school)
    runs = await rows(importer.database, "SELECT flags, score FROM grading_run ORDER BY score")
    assert [run.flags for run in runs] == [[{"name": PENALTY, "evidence": "1 points"}]] * 2
    assert [run.score for run in runs] == [1.5, 3.75]


async def test_an_address_that_comes_later_takes_the_placeholders_place(
    importer: Importer, school: Path
) -> None:
    await importer.run(school)
    _write(school, "UPDATE student SET email = ? WHERE id = ?", "Ben@Example.org", "bitdiddle")
    await importer.run(school)
    assert importer.said(Kind.STUDENT, Outcome.CHANGED) == [
        f"bitdiddle: ben@example.org in the place of {PLACEHOLDER}"
    ]
    found = {one.email for one in await submissions(importer.database)}
    assert found == {"ben@example.org", HACKER}


@pytest.mark.parametrize("email", [HACKER.upper(), "no address at all", "a@b@c"])
async def test_an_address_that_cannot_be_theirs_alone(importer: Importer, school: Path, email: str) -> None:
    _write(school, "UPDATE student SET email = ? WHERE id = ?", email, "bitdiddle")
    await importer.run(school)
    found = {one.email for one in await submissions(importer.database)}
    assert PLACEHOLDER in found
    assert len(found) == 2


async def test_dates_changed_here_stay(importer: Importer, school: Path) -> None:
    await importer.run(school)
    _write(school, "UPDATE assignment SET duedate = '2016-01-01 00:00:00.000000'")
    await importer.run(school)
    terms = await rows(importer.database, "SELECT due_at FROM assignment")
    assert terms[0].due_at == datetime(2015, 2, 2, tzinfo=UTC)
    assert importer.said(Kind.ASSIGNMENT, Outcome.NOTE) == [
        "ps1: it stays due 2015-02-02 00:00 UTC; the gradebook has due 2016-01-01 00:00 UTC"
    ]


async def test_marks_without_work_are_named(importer: Importer, school: Path) -> None:
    (school / "submitted" / "hacker").rename(school / "elsewhere")
    await importer.run(school)
    assert importer.said(Kind.MARKS, Outcome.LEFT_OUT) == [
        "hacker, ps1: the gradebook has marks, but there is no submission in the folder"
    ]
