"""`darsgah grade` and `darsgah lab release` as a person or a script meets them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from darsgah.cli import application
from tests.grading.cases import CASES
from tests.grading.notebooks import NBGRADER, answer, check, notebook
from tests.ordinary_user import ordinary_user

DOCS = NBGRADER / "docs" / "source" / "user_guide"
LAB = CASES / "right" / "source.ipynb"
KEYS = {"submission", "score", "max_score", "assurance", "flags", "reasons", "cells", "error", "seconds"}


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(application, [str(argument) for argument in arguments])


def test_one_submission_as_json() -> None:
    ran = invoke("grade", LAB, CASES / "wrong" / "submission.ipynb", "--json")
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)
    assert found.keys() == KEYS
    assert (found["score"], found["max_score"], found["assurance"], found["error"]) == (
        1,
        3,
        "split",
        None,
    )
    assert found["cells"][0] == {
        "notebook": "source",
        "grade_id": "test_double",
        "score": 0,
        "max_score": 2,
        "verdict": "failed",
        "flags": [],
        "assurance": found["assurance"],
    }


def test_one_submission_for_people() -> None:
    ran = invoke("grade", LAB, CASES / "wrong" / "submission.ipynb")
    assert ran.exit_code == 0
    assert "Doubling" in ran.stdout
    assert "1 of 3 points" in ran.stdout
    assert "AssertionError" in ran.stdout


def test_a_notebook_with_nothing_of_the_lab_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "empty.ipynb").write_bytes(notebook())
    assert "None of the lab's graded cells" in invoke("grade", LAB, tmp_path / "empty.ipynb").stdout
    assert "none of the lab's graded cells" in invoke("grade", LAB, "--each", tmp_path).stdout


def test_a_rejected_submission_exits_with_3() -> None:
    broken = CASES / "not_json" / "submission.ipynb"
    ran = invoke("grade", LAB, broken, "--json")
    assert ran.exit_code == 3
    found = json.loads(ran.stdout)
    assert found.keys() == KEYS
    assert (found["score"], found["cells"], found["error"]["code"]) == (None, [], "not_json")
    assert "not_json" in invoke("grade", LAB, broken).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", LAB),
        ("grade", LAB, LAB, "--each", CASES),
        ("grade", LAB, "no/such.ipynb"),
        ("grade", "no/such/lab", LAB),
        ("grade", CASES / "not_json" / "submission.ipynb", LAB),
        ("grade", LAB, "--each", "no/such/folder"),
        ("grade", LAB, LAB, "--assurance", "total"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why_in_few_words(arguments: tuple[object, ...]) -> None:
    ran = invoke(*arguments)
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_level_can_be_insisted_on(tmp_path: Path) -> None:
    for level in ("split", "in-process"):
        ran = invoke("grade", LAB, LAB, "--json", "--assurance", level)
        assert json.loads(ran.stdout)["assurance"] == level
    mixed = tmp_path / "mixed.ipynb"
    mixed.write_bytes(
        notebook(
            answer("made", "### BEGIN SOLUTION\nmade = 1\n### END SOLUTION"),
            check("apart", "assert made == 1"),
            check("together", "import pickle\nassert pickle.loads(pickle.dumps(made)) == 1"),
        )
    )
    ran = invoke("grade", mixed, mixed, "--json")
    found = json.loads(ran.stdout)
    assert (found["score"], found["assurance"]) == (2, "in-process")
    assert [cell["assurance"] for cell in found["cells"]] == ["split", "in-process"]
    ran = invoke("grade", mixed, mixed, "--assurance", "split")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "mixed: together" in ran.stderr


def test_a_folder_of_submissions_goes_through_whatever_is_in_it(tmp_path: Path) -> None:
    for name in ("right", "wrong", "not_json", "dead_process"):
        shutil.copy(CASES / name / "submission.ipynb", tmp_path / f"{name}.ipynb")
    (tmp_path / "as_folder").mkdir()
    shutil.copy(CASES / "right" / "submission.ipynb", tmp_path / "as_folder" / "mine.ipynb")
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("not a submission")
    (tmp_path / "elsewhere.ipynb").symlink_to(LAB)
    ran = invoke("grade", LAB, "--each", tmp_path, "--json")
    assert ran.exit_code == 0
    lines = {line["submission"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert {name: line["score"] for name, line in lines.items()} == {
        "right.ipynb": 3,
        "wrong.ipynb": 1,
        "dead_process.ipynb": 1,
        "as_folder": 3,
        "not_json.ipynb": None,
        "empty": None,
        "elsewhere.ipynb": None,
    }
    codes = {name: line["error"]["code"] for name, line in lines.items() if line["error"]}
    assert codes == {"not_json.ipynb": "not_json", "empty": "no_notebook", "elsewhere.ipynb": "not_a_file"}
    assert "wrong.ipynb: 1 of 3" in invoke("grade", LAB, "--each", tmp_path).stdout


def test_an_assignment_folder_and_submission_folders() -> None:
    ran = invoke("grade", DOCS / "source" / "ps1", DOCS / "submitted" / "bitdiddle" / "ps1", "--json")
    found = json.loads(ran.stdout)
    assert (found["score"], found["max_score"]) == (1.5, 13)
    assert [cell["grade_id"] for cell in found["cells"] if cell["score"] is None] == [
        "sum_of_squares_equation",
        "cell-938593c4a215c6cc",
        "part-a",
        "part-b",
    ]


def test_a_notebook_under_a_strange_name_is_refused_where_the_lab_has_several(tmp_path: Path) -> None:
    shutil.copy(DOCS / "submitted" / "hacker" / "ps1" / "problem1.ipynb", tmp_path / "mine.ipynb")
    ran = invoke("grade", DOCS / "source" / "ps1", tmp_path / "mine.ipynb", "--json")
    assert ran.exit_code == 3
    error = json.loads(ran.stdout)["error"]
    assert error["code"] == "unknown_notebook"
    assert "problem1.ipynb, problem2.ipynb" in error["message"]


def test_flags_are_listed_for_the_cell_and_the_submission() -> None:
    case = CASES / "partial_nan"
    found = json.loads(invoke("grade", case / "source.ipynb", case / "submission.ipynb", "--json").stdout)
    assert found["flags"] == ["unusable_partial_credit"]
    assert found["cells"][0]["flags"] == ["unusable_partial_credit"]
    (reason,) = found["reasons"]
    assert (reason["flag"], reason["severity"]) == ("unusable_partial_credit", "review")
    assert "a number from 0 to 2" in reason["evidence"]
    shown = " ".join(invoke("grade", case / "source.ipynb", case / "submission.ipynb").stdout.split())
    assert "Flag unusable_partial_credit (Points that are no points) at Part: the test's result" in shown


def test_releasing_an_assignment_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = invoke("lab", "release", DOCS / "source" / "ps1", "-o", out)
    assert (ran.exit_code, ran.stdout) == (0, f"Wrote 2 notebooks and 1 other file to {out}\n")
    assert sorted(path.name for path in out.iterdir()) == ["jupyter.png", "problem1.ipynb", "problem2.ipynb"]
    released = (out / "problem1.ipynb").read_text()
    assert "YOUR CODE HERE" in released
    assert "BEGIN SOLUTION" not in released
    again = invoke("lab", "release", DOCS / "source" / "ps1", "-o", out)
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_releasing_one_notebook_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "lab.ipynb"
    lab = CASES / "hidden_test" / "source.ipynb"
    assert invoke("lab", "release", lab, "-o", out).exit_code == 0
    assert "HIDDEN" not in out.read_text()
    folder = tmp_path / "folder"
    assert "1 notebook and 0 other files" in invoke("lab", "release", lab, "-o", folder).stdout
    graded = json.loads(invoke("grade", lab, out, "--json").stdout)
    assert graded["score"] == 0
    assert graded["flags"] == []


def test_autotest_lines_are_made_into_tests(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    shutil.copy(NBGRADER / "tests" / "apps" / "files" / "autotests.yml", lab)
    cells = (answer("a", "### BEGIN SOLUTION\na = 5\n### END SOLUTION"), check("t", "### AUTOTEST a"))
    (lab / "one.ipynb").write_bytes(notebook(*cells))
    (tmp_path / "one.ipynb").write_bytes(notebook(answer("a", "a = 6"), cells[1]))
    assert json.loads(invoke("grade", lab, lab, "--json").stdout)["score"] == 1
    assert json.loads(invoke("grade", lab, tmp_path / "one.ipynb", "--json").stdout)["score"] == 0
    assert invoke("lab", "release", lab, "-o", tmp_path / "out").exit_code == 0
    assert "value of a is not correct" in (tmp_path / "out" / "one.ipynb").read_text()
    (lab / "autotests.yml").unlink()
    missing = invoke("grade", lab, lab)
    assert missing.exit_code == 2
    assert "autotests.yml" in missing.stderr


def test_a_reference_solution_that_fails_is_named(tmp_path: Path) -> None:
    shutil.copy(NBGRADER / "tests" / "apps" / "files" / "autotests.yml", tmp_path)
    cells = (answer("a", "### BEGIN SOLUTION\na = 1 / 0\n### END SOLUTION"), check("t", "### AUTOTEST a"))
    (tmp_path / "one.ipynb").write_bytes(notebook(*cells))
    ran = invoke("grade", tmp_path, tmp_path)
    assert ran.exit_code == 2
    assert "ZeroDivisionError" in ran.stderr


def test_grading_needs_no_home_folder_no_database_and_leaves_nothing(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "darsgah", "grade", str(LAB), str(LAB), "--json"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    ran = subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["score"] == 3
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_not_utf8_lose_no_batch(tmp_path: Path) -> None:
    for name in (b"\xff.ipynb", b"right.ipynb"):
        shutil.copy(CASES / "right" / "submission.ipynb", tmp_path / os.fsdecode(name))
    (tmp_path / os.fsdecode(b"\xfe.ipynb")).symlink_to(LAB)
    ran = invoke("grade", LAB, "--each", tmp_path, "--json")
    assert ran.exit_code == 0, ran.output
    lines = {line["submission"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert {name: line["score"] for name, line in lines.items()} == {
        "\\xff.ipynb": 3,
        "\\xfe.ipynb": None,
        "right.ipynb": 3,
    }
    assert lines["\\xfe.ipynb"]["error"]["message"].startswith("\\xfe.ipynb is a link")
    assert "\\xff.ipynb: 3 of 3" in invoke("grade", LAB, "--each", tmp_path).stdout
    alone = tmp_path / os.fsdecode(b"\xff.ipynb")
    assert json.loads(invoke("grade", LAB, alone, "--json").stdout)["submission"].endswith("\\xff.ipynb")
    assert "\\xff.ipynb" in invoke("grade", LAB, alone).stdout.replace("\n", "")
    as_lab = invoke("grade", alone, LAB)
    assert (as_lab.exit_code, as_lab.stdout) == (2, "")
    assert "not UTF-8" in as_lab.stderr
    out = tmp_path / os.fsdecode(b"\xfd.ipynb")
    assert invoke("lab", "release", LAB, "-o", out).stdout.endswith("\\xfd.ipynb\n")


def test_what_may_not_be_read_or_written_takes_one_line(tmp_path: Path) -> None:
    cannot_be_named = tmp_path / ("x" * 300)  # like a folder of somebody else's, but for root too
    alone = invoke("grade", LAB, cannot_be_named / "x.ipynb", "--json")
    assert (alone.exit_code, json.loads(alone.stdout)["error"]["code"]) == (3, "unreadable")
    each = invoke("grade", LAB, "--each", cannot_be_named)
    assert (each.exit_code, each.stderr.count("\n")) == (2, 1)
    released = invoke("lab", "release", LAB, "-o", cannot_be_named / "x")
    assert (released.exit_code, released.stderr.count("\n")) == (1, 1)


def test_a_closed_notebook_and_a_closed_folder() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        lab, mine, closed = folder / "lab.ipynb", folder / "mine.ipynb", folder / "closed"
        shutil.copy(LAB, lab)
        shutil.copy(LAB, mine)
        closed.mkdir()
        assert invoke("grade", lab, closed).exit_code == 3  # and everything is imported now
        with ordinary_user(folder):
            for place in (mine, closed):
                place.chmod(0)
            alone = [invoke("grade", lab, place, "--json") for place in (mine, closed, closed / "x.ipynb")]
            wrong = [invoke("grade", mine, lab), invoke("grade", lab, "--each", closed)]
            closed.chmod(0o700)
    assert [(ran.exit_code, json.loads(ran.stdout)["error"]["code"]) for ran in alone] == [
        (3, "unreadable")
    ] * 3
    assert [(ran.exit_code, ran.stdout, ran.stderr.count("\n")) for ran in wrong] == [(2, "", 1)] * 2


def test_a_submission_cannot_steer_the_terminal(tmp_path: Path) -> None:
    steering = "\x1b]0;owned\x07\x1b[2J\u202e\u2067\x9b1m\r"
    lab = tmp_path / "lab.ipynb"
    lab.write_bytes(notebook(answer("a", "def a():\n    return 1"), check("t\x1b[1m", "assert a() == 1")))
    mine = tmp_path / "mine\x1b[31m\n.ipynb"
    raising = f"def a():\n    raise ValueError({steering!r} + 'بتائیں')"
    mine.write_bytes(notebook(answer("a", f"# \u202e\n{raising}"), check("t\x1b[1m", "pass")))
    for arguments in ((mine,), ("--each", tmp_path)):
        ran = invoke("grade", lab, *arguments)
        assert ran.exit_code == 0, ran.output
        shown = (ran.stdout + ran.stderr).replace("\n", "")  # tables are folded
        assert not set(shown) & set("\x1b\x07\r\x9b\u202e\u2067")
        assert "\\x1b[31m" in shown
    alone = invoke("grade", lab, mine).stdout.replace("\n", "")
    assert "\\x1b]0;owned\\x07\\x1b[2J\\u202e\\u2067\\x9b1m\\x0d" in alone
    assert "بتائیں" in alone
