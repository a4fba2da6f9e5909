"""Reading course folders of nbgrader."""

import os
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from darsgah_grader.nbgrader_course import (
    CourseSubmission,
    NotACourse,
    parse_timestamp,
    read_course,
    read_submissions,
)
from darsgah_grader.nbgrader_gradebook import read_gradebook
from tests.grading.notebooks import NBGRADER, check, notebook
from tests.ordinary_user import ordinary_user

EXAMPLE = NBGRADER / "docs" / "source" / "user_guide"


def test_the_example_course_that_comes_with_nbgrader() -> None:
    course = read_course(EXAMPLE)
    assert [found.name for found in course.assignments] == ["ps1", "ps1_autotest"]
    assert [master.name for master in course.assignments[0].masters] == ["problem1", "problem2"]
    assert course.assignments[0].files.keys() == {"jupyter.png"}
    assert course.assignments[0].released.keys() == {"problem1", "problem2"}
    assert [student.id for student in course.students] == ["bitdiddle", "hacker"]
    assert course.autotests is not None
    assert course.problems == ()
    submissions = [found for found in read_submissions(course) if isinstance(found, CourseSubmission)]
    assert [(found.student, found.assignment, sorted(found.notebooks)) for found in submissions] == [
        ("bitdiddle", "ps1", ["problem1", "problem2"]),
        ("hacker", "ps1", ["problem1", "problem2"]),
    ]
    assert submissions[0].submitted_at == datetime(2015, 2, 2, 22, 58, 23, 948203, tzinfo=UTC)


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A small course with one assignment and one submission."""
    source = tmp_path / "source" / "ps1"
    submitted = tmp_path / "submitted" / "asma" / "ps1"
    for folder in (source, submitted):
        folder.mkdir(parents=True)
        (folder / "one.ipynb").write_bytes(notebook(check("t", "pass")))
    return tmp_path


def test_bare_notebooks_are_an_assignment_and_folders_of_them_several(tmp_path: Path) -> None:
    (tmp_path / "week1").mkdir()
    (tmp_path / "week1" / "lab.ipynb").write_bytes(notebook())
    assert [found.name for found in read_course(tmp_path).assignments] == ["week1"]
    bare = read_course(tmp_path / "week1").assignments
    assert [(found.name, [master.name for master in found.masters]) for found in bare] == [("week1", ["lab"])]


@pytest.mark.parametrize("place", ["", "nothing", "file"])
def test_what_is_no_course_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotACourse):
        read_course(tmp_path / place)


def test_links_and_pipes_are_left_out_and_said(course_folder: Path) -> None:
    secret = course_folder / "secret.txt"
    secret.write_text("secret")
    (course_folder / "source" / "ps1" / "data.txt").symlink_to(secret)
    (course_folder / "submitted" / "asma" / "ps1" / "two.ipynb").symlink_to(secret)
    os.mkfifo(course_folder / "source" / "ps1" / "pipe")
    course = read_course(course_folder)
    assert course.assignments[0].files == {}
    assert len(course.problems) == 2
    said, submission = read_submissions(course)
    assert isinstance(said, str)
    assert isinstance(submission, CourseSubmission)
    assert submission.notebooks.keys() == {"one"}


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_closed_folders_are_left_out_and_said(course_folder: Path, mode: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        course = Path(shutil.copytree(course_folder, Path(made, "course")))
        for name in ("source/ps2", "submitted/bilal/ps1", "submitted/dania/ps1"):
            shutil.copytree(course / "source" / "ps1", course / name)
        shutil.copytree(course / "source" / "ps1", course / "source" / "ps1" / "data")
        closed = ("source/ps2", "source/ps1/data", "submitted/bilal", "submitted/dania/ps1")
        Path(made).chmod(0o755)
        with ordinary_user(course):
            for name in closed:
                (course / name).chmod(mode)
            try:
                found = read_course(course)
                handed_in = list(read_submissions(found))
            finally:
                for name in closed:
                    (course / name).chmod(0o700)
    assert [assignment.name for assignment in found.assignments] == ["ps1"]
    said = "\n".join([*found.problems, *(one for one in handed_in if isinstance(one, str))])
    assert [name for name in closed if f"{name} could not be read" not in said] == []
    assert said.count("could not be read") == len(closed)
    submissions = [one for one in handed_in if isinstance(one, CourseSubmission)]
    assert {one.student: list(one.notebooks) for one in submissions} == {"asma": ["one"], "dania": []}


def test_configuration_is_not_run(course_folder: Path) -> None:
    ran = course_folder / "ran"
    (course_folder / "nbgrader_config.py").write_text(f"open({str(ran)!r}, 'w')")
    read_course(course_folder)
    assert not ran.exists()


def test_a_time_that_cannot_be_read_is_a_problem_and_no_loss(course_folder: Path) -> None:
    (course_folder / "submitted" / "asma" / "ps1" / "timestamp.txt").write_text("yesterday")
    said, submission = read_submissions(read_course(course_folder))
    assert isinstance(said, str)
    assert "yesterday" in said
    assert isinstance(submission, CourseSubmission)
    assert submission.submitted_at is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 10:00:00 UTC", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01 10:00:00.5 Asia/Karachi", datetime(2026, 3, 1, 5, 0, 0, 500000, tzinfo=UTC)),
        ("2026-03-01 10:00:00 +0500", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("2026-03-01 10:00:00 -03:30", datetime(2026, 3, 1, 13, 30, tzinfo=UTC)),
        ("2026-03-01T10:00:00+05:00", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("2026-03-01 10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_times_in_nbgraders_ways_of_writing(text: str, expected: datetime) -> None:
    assert parse_timestamp(text) == expected


@pytest.mark.parametrize("text", ["", "x", "2026-03-01 10:00:00 Nowhere/City", "2026-03-01 10:00:00 ../../x"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_timestamp(text)


def test_the_old_gradebook_that_comes_with_nbgrader() -> None:
    gradebook, problems = read_gradebook(NBGRADER / "tests" / "apps" / "files" / "gradebook.db")
    assert (gradebook.students, problems) == ((), ())


OLD_GRADEBOOK = """
CREATE TABLE student (id, first_name, last_name, email);
CREATE TABLE assignment (id, name, duedate);
CREATE TABLE notebook (id, name, assignment_id);
CREATE TABLE submitted_assignment (id, assignment_id, student_id, timestamp);
CREATE TABLE submitted_notebook (id, assignment_id, notebook_id);
CREATE TABLE {cells} (id, name);
CREATE TABLE {comment_cells} (id, name);
CREATE TABLE grade (id, notebook_id, cell_id, auto_score, manual_score, needs_manual_grade{extra});
CREATE TABLE comment (id, notebook_id, cell_id, auto_comment, manual_comment);
INSERT INTO student VALUES ('asma', 'Asma', NULL, 'asma@example.org');
INSERT INTO assignment VALUES ('a1', 'ps1', '2026-03-02 18:00:00.000000');
INSERT INTO notebook VALUES ('n1', 'one', 'a1');
INSERT INTO submitted_assignment VALUES ('s1', 'a1', 'asma', '2026-03-01 10:00:00.000000');
INSERT INTO submitted_notebook VALUES ('sn1', 's1', 'n1');
INSERT INTO {cells} VALUES ('c1', 't');
INSERT INTO grade VALUES ('g1', 'sn1', 'c1', 1.0, 0.5, 1{extra_value});
INSERT INTO comment VALUES ('k1', 'sn1', 'c1', NULL, 'Well argued.');
"""


@pytest.mark.parametrize("new", [True, False])
def test_marks_by_hand_are_read_from_old_and_new_gradebooks(course_folder: Path, new: bool) -> None:
    schema = OLD_GRADEBOOK.format(
        cells="base_cell" if new else "grade_cell",
        comment_cells="unused" if new else "solution_cell",
        extra=", extra_credit" if new else "",
        extra_value=", 2.0" if new else "",
    )
    if not new:
        schema += "INSERT INTO solution_cell VALUES ('c1', 't');"
    database = sqlite3.connect(course_folder / "gradebook.db")
    database.executescript(schema)
    database.close()
    before = (course_folder / "gradebook.db").read_bytes()
    course = read_course(course_folder)
    assert course.problems == ()
    assert course.assignments[0].due == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert course.students[0].first_name == "Asma"
    (submission,) = read_submissions(course)
    assert isinstance(submission, CourseSubmission)
    assert submission.submitted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    (mark,) = submission.marks
    assert (mark.notebook, mark.grade_id, mark.auto, mark.manual) == ("one", "t", 1.0, 0.5)
    assert mark.score == (2.5 if new else 0.5)
    assert mark.comment == "Well argued."
    assert mark.waits_for_human
    assert (course_folder / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\0" + b"\xff" * 100, b""])
def test_a_broken_gradebook_is_a_problem_and_the_course_is_read(course_folder: Path, content: bytes) -> None:
    (course_folder / "gradebook.db").write_bytes(content)
    course = read_course(course_folder)
    assert len(course.problems) == 1
    assert [student.id for student in course.students] == ["asma"]


def test_the_example_reads_the_same_from_a_folder_nobody_may_write(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "source", tmp_path / "source")
    tmp_path.chmod(0o555)
    try:
        assert len(read_course(tmp_path).assignments) == 2
    finally:
        tmp_path.chmod(0o755)
