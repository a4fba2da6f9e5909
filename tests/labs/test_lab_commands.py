"""`darsgah lab new`, `check`, `release` and `publish` as an author meets them."""

import asyncio
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from darsgah.cli import application
from darsgah.db.session import Database
from tests.database import DatabaseServer
from tests.grading.packaged import TEMPLATES
from tests.labs.lab_run import as_notebook
from tests.labs.small_lab import answer_cell, graded

QUICK = ("--no-mutants", "--no-browser")


def invoke(*arguments: object, env: dict[str, str] | None = None) -> Result:
    """Run `darsgah lab ...`."""
    return CliRunner().invoke(application, ["lab", *map(str, arguments)], env=env)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A lab that `lab new` has written."""
    assert invoke("new", "tea", "-o", tmp_path).exit_code == 0
    return tmp_path / "tea"


def break_test(lab: Path) -> None:
    """Ask for something that the solution does not give."""
    notebook = lab / "lab.ipynb"
    notebook.write_text(notebook.read_text().replace("cups_from(1) == 5", "cups_from(1) == 6"))


def test_a_new_lab_passes_and_is_not_written_twice(lab: Path) -> None:
    ran = invoke("check", lab, "--no-browser", "--json")
    report = json.loads(ran.stdout)
    assert (ran.exit_code, report["ok"], report["problems"], report["lab"]) == (0, True, [], "tea")
    assert report["mutation_score"] >= 0.95
    assert {question["grade_id"] for question in report["questions"]} == {"cups-from", "most-wanted"}
    again = invoke("new", "tea", "-o", lab.parent)
    assert (again.exit_code, "nothing is overwritten" in again.stderr) == (2, True)
    assert invoke("new", "Tea For Two", "-o", lab.parent).exit_code == 2


def test_the_report_for_people_shows_survivors_as_differences(lab: Path) -> None:
    ran = invoke("check", lab, "--no-browser", "--question", "cups-from")
    assert ran.exit_code == 0
    assert "tea passes its check" in ran.stdout
    assert "+    return int(litres * 1000 // cup_ml)" in ran.stdout
    assert "most-wanted" not in ran.stdout
    assert "few_misconceptions" in ran.stdout


def test_what_fails_exits_with_3_and_what_is_called_wrongly_with_2(lab: Path) -> None:
    assert invoke("check", lab / "nowhere").exit_code == 2
    assert invoke("check", lab, "--no-browser", "--question", "nothing").exit_code == 2
    break_test(lab)
    ran = invoke("check", lab, *QUICK)
    assert (ran.exit_code, "does not pass its check" in ran.stdout) == (3, True)
    assert "reference_fails" in ran.stdout
    (lab / "lab.toml").write_text((lab / "lab.toml").read_text().replace("points = 5", "points = 50"))
    unreadable = invoke("check", lab, "--json")
    assert unreadable.exit_code == 3
    assert [problem["code"] for problem in json.loads(unreadable.stdout)["problems"]] == ["points"]


def test_a_plain_notebook_is_checked_too(lab: Path) -> None:
    ran = invoke("check", lab / "lab.ipynb", *QUICK, "--json")
    report = json.loads(ran.stdout)
    assert (ran.exit_code, report["ok"]) == (0, True)
    assert "urdu_summary" in {warning["code"] for warning in report["warnings"]}


def test_the_released_version_holds_nothing_that_is_hidden(lab: Path, tmp_path: Path) -> None:
    single, folder = tmp_path / "out.ipynb", tmp_path / "out"
    for out in (single, folder):
        assert invoke("release", lab, "-o", out).exit_code == 0
        assert invoke("release", lab, "-o", out).exit_code == 2
        assert invoke("release", lab, "-o", out, "--force").exit_code == 0
    released = single.read_text()
    assert [path.name for path in folder.iterdir()] == ["lab.ipynb"]
    for hidden in ("HIDDEN", "SOLUTION", "litres * 1000", "0.9999", "step_by_step"):
        assert hidden not in released


async def kept(url: str) -> list[tuple[object, ...]]:
    """What the catalogue has, with the reports."""
    database = Database(url, pool=1, application="tests")
    async with database.begin() as session:
        rows = await session.execute(
            sa.text(
                "SELECT lab.slug, version.number, lab_check.ok, lab_check.override_reason,"
                " lab_check.override_by LIKE '%darsgah lab publish', jsonb_array_length(version.authored)"
                " FROM lab_version version JOIN lab ON lab.id = version.lab_id"
                " JOIN lab_check ON lab_check.lab_version_id = version.id ORDER BY version.number"
            )
        )
        found = [tuple(row) for row in rows]
    await database.dispose()
    return found


async def test_publishing_keeps_the_report_and_refuses_what_does_not_pass(
    lab: Path, server: DatabaseServer, tmp_path: Path
) -> None:
    with server.new_database() as url:
        env = {"DARSGAH_DATABASE_URL": url, "DARSGAH_HOME": str(tmp_path / "home")}
        published = await _apart("publish", lab, "--no-browser", env=env)
        assert (published.exit_code, "Published tea, version 1" in published.stdout) == (0, True)
        break_test(lab)
        refused = await _apart("publish", lab, env=env)
        assert (refused.exit_code, "Nothing was published" in refused.stderr) == (3, True)
        assert (await _apart("publish", lab, "--override", "so", env=env)).exit_code == 2
        nowhere = await _apart("publish", lab, "--hub", "nope", env=env)
        assert (nowhere.exit_code, "no hub with the code 'nope'. There are: " in nowhere.stderr) == (2, True)
        assert "pass its check" not in nowhere.stderr
        reason = "The test is mended before the cohort begins."
        assert (await _apart("publish", lab, "--override", reason, env=env)).exit_code == 0
        assert await kept(url) == [
            ("tea", 1, True, "", False, 3),
            ("tea", 2, False, reason, True, 3),
        ]


async def _apart(*arguments: object, env: dict[str, str]) -> Result:
    """In a thread: the command runs an event loop of its own."""
    return await asyncio.to_thread(lambda: invoke(*arguments, env=env))


async def test_an_assignment_of_a_course_is_published_with_the_courses_templates(
    server: DatabaseServer, tmp_path: Path
) -> None:
    folder = tmp_path / "source" / "doubling"
    folder.mkdir(parents=True)
    test = graded("code", "### AUTOTEST double(3)", grade_id="test", grade=True, locked=True, points=1)
    (folder / "doubling.ipynb").write_bytes(as_notebook([answer_cell(), test]))
    (tmp_path / "autotests.yml").write_bytes(TEMPLATES)
    with server.new_database() as url:
        env = {"DARSGAH_DATABASE_URL": url, "DARSGAH_HOME": str(tmp_path / "home")}
        reason = "It is published to be tried."
        published = await _apart("publish", folder, "--override", reason, env=env)
    assert (published.exit_code, "Published doubling, version 1" in published.stdout) == (0, True)


async def test_what_cannot_be_read_is_not_published_whatever_the_reason(lab: Path) -> None:
    (lab / "lab.toml").write_text("points = 5")
    refused = await _apart("publish", lab, "--override", "Somebody wants it so.", env={})
    assert (refused.exit_code, "cannot be read" in refused.stderr) == (2, True)
