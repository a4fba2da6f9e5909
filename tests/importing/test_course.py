"""nbgrader's own example course, imported as it is, twice, rehearsed, changed and interrupted."""

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignIn
from darsgah.blobs.store import Blob, BlobStore, BlobStoreFull
from darsgah.course_import.importer import ImportRunning
from darsgah.course_import.report import Kind, Line, Outcome, Report
from tests.importing.conftest import EXAMPLE, HUB, Importer
from tests.importing.nbgrader_school import HACKER
from tests.importing.rows import rows, snapshot, submissions


async def test_example_course_works_as_it_is(importer: Importer) -> None:
    report = await importer.run(EXAMPLE)
    labs = await rows(
        importer.database,
        "SELECT slug, number, points, title, sources, releases, files FROM lab_version v"
        " JOIN lab ON lab.id = v.lab_id ORDER BY slug",
    )
    assert [(lab.slug, lab.number, lab.points, lab.title) for lab in labs] == [
        ("programming-ps1", 1, 13.0, "ps1"),
        ("programming-ps1-autotest", 1, 13.0, "ps1_autotest"),
    ]
    assert [file["name"] for lab in labs for file in lab.files] == ["jupyter.png", "jupyter.png"]
    source = (await importer.blobs.get(labs[1].sources[0]["sha256"])).decode()
    release = (await importer.blobs.get(labs[1].releases[0]["sha256"])).decode()
    assert "AUTOTEST" not in source
    assert "BEGIN SOLUTION" in source
    assert "BEGIN SOLUTION" not in release
    assert "BEGIN HIDDEN TESTS" not in release

    placed = await rows(
        importer.database,
        "SELECT c.name, m.title, count(*) AS assignments, c.enrolled FROM cohort c"
        " JOIN assignment a ON a.cohort_id = c.id JOIN module m ON m.id = a.module_id GROUP BY c.id, m.id",
    )
    assert [tuple(row) for row in placed] == [("Term", "Assignments", 2, 2)]
    assert report.counts[Kind.SUBMISSION, Outcome.NEW] == 2
    assert not any(outcome is Outcome.LEFT_OUT for _, outcome in report.counts)


async def test_submissions_keep_bytes_and_times_and_wait_for_the_worker(
    importer: Importer, example: Path
) -> None:
    await importer.run(example)
    found = await submissions(importer.database)
    assert [(one.email, one.attempt, one.state, one.late) for one in found] == [
        (f"{student}@programming.{HUB}.nbgrader.invalid", 1, "queued", False)
        for student in ("bitdiddle", "hacker")
    ]
    assert found[0].received_at == datetime(2015, 2, 2, 22, 58, 23, 948203, tzinfo=UTC)
    for one, student in zip(found, ("bitdiddle", "hacker"), strict=True):
        for file in one.notebooks:
            content = (EXAMPLE / "submitted" / student / "ps1" / f"{file['name']}.ipynb").read_bytes()
            assert await importer.blobs.get(file["sha256"]) == content
    jobs = await rows(
        importer.database,
        "SELECT task_name, priority, args FROM procrastinate_jobs WHERE queue_name = 'grading'",
    )
    assert {job.args["submission_id"] for job in jobs} == {str(one.id) for one in found}
    assert {(job.task_name, job.priority) for job in jobs} == {("grade_submission", -1)}


@pytest.mark.parametrize("password", ["!", "hacker", ""])
async def test_nobody_can_sign_in_to_the_accounts(importer: Importer, school: Path, password: str) -> None:
    await importer.run(school)
    policy = accounts.SignInPolicy(timedelta(days=1), attempts=10, address_attempts=10)
    with pytest.raises(accounts.WrongCredentials):
        await accounts.sign_in(importer.database, SignIn(HACKER, password), address="test", policy=policy)


async def test_a_second_import_changes_nothing(importer: Importer, school: Path) -> None:
    await importer.run(school)
    before = await snapshot(importer.database)
    report = await importer.run(school)
    assert await snapshot(importer.database) == before
    assert {outcome for _, outcome in report.counts} <= {Outcome.SAME, Outcome.LEFT_OUT}


async def test_a_dry_run_says_it_all_and_writes_nothing(importer: Importer, school: Path) -> None:
    await importer.run(school, cohort="Another")
    before = await snapshot(importer.database)
    rehearsed = await importer.run(school, dry_run=True)
    assert await snapshot(importer.database) == before
    assert "hacker, ps1: received 2015-02-01 17:28 UTC" in importer.said(Kind.SUBMISSION, Outcome.NEW)
    lines = importer.lines
    real = await importer.run(school)
    assert importer.lines == lines
    assert real.counts == rehearsed.counts


def _change(notebook: Path) -> None:
    content = json.loads(notebook.read_text())
    content["cells"][0]["source"] = "# Another beginning"
    notebook.write_text(json.dumps(content))


async def test_a_changed_assignment_is_a_new_version(importer: Importer, example: Path) -> None:
    await importer.run(example)
    _change(example / "source" / "ps1" / "problem1.ipynb")
    _change(example / "source" / "ps2" / "problem1.ipynb")
    report = await importer.run(example)
    assert report.counts[Kind.LAB, Outcome.CHANGED] == 2
    assert report.counts[Kind.SUBMISSION, Outcome.SAME] == 2
    given = await rows(
        importer.database,
        "SELECT lab.slug, v.number FROM assignment a JOIN lab_version v ON v.id = a.lab_version_id"
        " JOIN lab ON lab.id = v.lab_id ORDER BY slug",
    )
    # Work has come in for the first: what it is graded by does not change under its learners' feet.
    assert [tuple(row) for row in given] == [("programming-ps1", 1), ("programming-ps2", 2)]
    assert "version 2 is for the next cohort" in importer.said(Kind.ASSIGNMENT, Outcome.NOTE)[0]
    assert len(await rows(importer.database, "SELECT id FROM course_version")) == 2
    assert len(await rows(importer.database, "SELECT id FROM cohort")) == 1


async def test_other_autotest_templates_are_another_lab(importer: Importer, example: Path) -> None:
    shutil.rmtree(example / "source" / "ps2")
    shutil.rmtree(example / "source" / "ps1")
    (example / "source" / "auto").mkdir()
    shutil.copy(EXAMPLE / "source" / "ps1_autotest" / "problem1.ipynb", example / "source" / "auto")
    templates = (EXAMPLE / "autotests.yml").read_text()
    for text, outcome in (
        (templates, Outcome.NEW),
        (templates, Outcome.SAME),
        (templates + "\n#\n", Outcome.CHANGED),
    ):
        (example / "autotests.yml").write_text(text)
        report = await importer.run(example)
        assert report.counts[Kind.LAB, outcome] == 1


async def test_an_added_assignment_joins_the_cohort_and_a_removed_one_stays(
    importer: Importer, example: Path
) -> None:
    (example / "source" / "ps2").rename(example / "later")
    await importer.run(example)
    (example / "source" / "ps1").rename(example / "gone")
    (example / "later").rename(example / "source" / "ps2")
    await importer.run(example)
    given = await rows(
        importer.database,
        "SELECT lab.slug FROM cohort c JOIN assignment a ON a.cohort_id = c.id"
        " JOIN module m ON m.id = a.module_id AND m.course_version_id = c.course_version_id"
        " JOIN lab_version v ON v.id = a.lab_version_id JOIN lab ON lab.id = v.lab_id ORDER BY a.position",
    )
    assert [row.slug for row in given] == ["programming-ps1", "programming-ps2"]
    assert any(
        "no assignment of this course" in text for text in importer.said(Kind.SUBMISSION, Outcome.LEFT_OUT)
    )


async def test_work_handed_in_again_is_a_further_attempt(importer: Importer, example: Path) -> None:
    await importer.run(example)
    _change(example / "submitted" / "hacker" / "ps1" / "problem2.ipynb")
    await importer.run(example)
    found = [one for one in await submissions(importer.database) if one.email.startswith("hacker")]
    assert [one.attempt for one in found] == [1, 2]


class _FullAfter(BlobStore):
    """A real store on a disk that is full after so many contents."""

    def __init__(self, store: BlobStore, contents: int) -> None:
        super().__init__(store._store)  # the same place, with less room
        self.left = contents

    async def put(self, content: bytes) -> Blob:
        self.left -= 1
        if self.left < 0:
            raise BlobStoreFull
        return await super().put(content)


@pytest.mark.parametrize("contents", [0, 4, 5, 7, 8])
async def test_an_import_that_stopped_is_finished_by_the_next(
    importer: Importer, school: Path, contents: int
) -> None:
    with pytest.raises(BlobStoreFull):  # a lab takes five contents here, each submission two
        await importer.run(school, blobs=_FullAfter(importer.blobs, contents))
    assert len(await submissions(importer.database)) == max(0, contents - 5) // 2
    assert len(await rows(importer.database, "SELECT id FROM lab_version")) == (contents >= 5)
    await importer.run(school)
    assert len(await submissions(importer.database)) == 2
    assert (
        len(await rows(importer.database, "SELECT id FROM procrastinate_jobs WHERE queue_name = 'grading'"))
        == 2
    )
    assert len(await rows(importer.database, "SELECT id FROM account")) == 3
    assert len(await rows(importer.database, "SELECT id FROM grading_run")) == 2


async def test_two_imports_at_once(importer: Importer, example: Path) -> None:
    running: list[asyncio.Task[Report]] = []

    def start_another(_line: Line) -> None:
        if not running:
            another = Importer(importer.database, importer.grader)
            running.append(asyncio.create_task(another.run(example)))

    await importer.run(example, say=start_another)
    with pytest.raises(ImportRunning):
        await running[0]
    assert len(await submissions(importer.database)) == 2
