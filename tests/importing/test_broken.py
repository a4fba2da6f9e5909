"""Courses with something wrong in them: what is sound comes over, the rest is named."""

import json
import os
import shutil
from pathlib import Path

import pytest

from darsgah.course_import.importer import NothingToImport
from darsgah.course_import.report import Kind, Outcome
from darsgah.grades.tasks import GradingTasks
from darsgah_labs import folder_reading
from tests.importing.conftest import EXAMPLE, Importer
from tests.importing.rows import rows, snapshot, submissions


async def test_a_broken_notebook_is_left_out_and_named(importer: Importer, example: Path) -> None:
    (example / "source" / "ps1" / "problem1.ipynb").write_text('{"cells": [')
    await importer.run(example)
    assert "ps1: problem1.ipynb: This is not a notebook" in importer.said(Kind.LAB, Outcome.LEFT_OUT)[0]
    labs = await rows(importer.database, "SELECT title, sources FROM lab_version ORDER BY title")
    assert [len(lab.sources) for lab in labs] == [1, 2]
    handed_in = (await submissions(importer.database))[0]
    assert [file["name"] for file in handed_in.notebooks] == ["problem2"]
    assert "bitdiddle, ps1: also handed in, and not brought over: problem1.ipynb" in importer.said(
        Kind.SUBMISSION, Outcome.NOTE
    )


async def test_a_notebook_whose_reference_solution_raises(importer: Importer, example: Path) -> None:
    place = example / "source" / "ps1" / "problem1.ipynb"
    content = json.loads(place.read_text())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "correct_squares":
            cell["source"] = "### AUTOTEST missing(3)"
    place.write_text(json.dumps(content))
    shutil.copy(EXAMPLE / "autotests.yml", example)
    for outcome in (Outcome.NEW, Outcome.SAME):
        report = await importer.run(example)
        assert "NameError" in importer.said(Kind.LAB, Outcome.LEFT_OUT)[0]
        assert report.counts[Kind.LAB, outcome] == 2


async def test_an_assignment_without_a_sound_notebook(importer: Importer, example: Path) -> None:
    for name in ("problem1", "problem2"):
        (example / "source" / "ps1" / f"{name}.ipynb").write_text("no notebook")
    report = await importer.run(example)
    assert "ps1: it has no notebook that can be used." in importer.said(Kind.LAB, Outcome.LEFT_OUT)
    assert importer.said(Kind.SUBMISSION, Outcome.LEFT_OUT) == [
        f"{student}, ps1: its assignment was left out" for student in ("bitdiddle", "hacker")
    ]
    assert report.counts[Kind.LAB, Outcome.NEW] == 1


async def test_a_course_without_any_sound_notebook(importer: Importer, example: Path) -> None:
    await importer.run(example, dry_run=True)
    before = await snapshot(importer.database)
    for notebook in sorted(example.joinpath("source").glob("*/*.ipynb")):
        notebook.write_text("[]")
    with pytest.raises(NothingToImport):
        await importer.run(example)
    assert await snapshot(importer.database) == before


async def test_links_are_not_followed(importer: Importer, example: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("secret")
    (outside / "timestamp.txt").write_text("2015-01-01 00:00:00 UTC")
    ps1 = example / "source" / "ps1"
    (ps1 / "data.csv").symlink_to(outside / "secret.csv")
    (ps1 / "folder").symlink_to(outside)
    (example / "source" / "ps3").symlink_to(ps1)
    (example / "submitted" / "mallory").symlink_to(example / "submitted" / "hacker")
    (example / "submitted" / "hacker" / "ps2").symlink_to(ps1)
    await importer.run(example)
    files = await rows(importer.database, "SELECT files FROM lab_version v ORDER BY title")
    assert [[file["name"] for file in row.files] for row in files] == [["jupyter.png"]] * 2
    left_out = "\n".join(line.text for line in importer.lines if line.outcome is Outcome.LEFT_OUT)
    for place in ("ps1/data.csv", "ps1/folder", "source/ps3", "submitted/mallory", "hacker/ps2"):
        assert f"{place} is a link" in left_out
    assert len(await submissions(importer.database)) == 2


async def test_a_broken_submission_is_recorded_and_rejected_by_grading(
    importer: Importer, example: Path
) -> None:
    handed_in = example / "submitted" / "hacker" / "ps1" / "problem1.ipynb"
    handed_in.write_bytes(b"\xff\x00 not a notebook")
    await importer.run(example)
    found = next(one for one in await submissions(importer.database) if one.email.startswith("hacker"))
    stored = next(file for file in found.notebooks if file["name"] == "problem1")
    assert await importer.blobs.get(stored["sha256"]) == b"\xff\x00 not a notebook"
    await GradingTasks(importer.database, importer.blobs, importer.grader).grade(str(found.id))
    assert [one.state for one in await submissions(importer.database) if one.id == found.id] == ["rejected"]


@pytest.mark.parametrize(
    "text", ["yesterday", "", "0001-01-01 00:00:00 Asia/Karachi", "2015-01-01 0:0 +9999"]
)
async def test_a_time_that_cannot_be_read(importer: Importer, example: Path, text: str) -> None:
    (example / "submitted" / "hacker" / "ps1" / "timestamp.txt").write_text(text)
    await importer.run(example)
    assert importer.said(Kind.SUBMISSION, Outcome.NEW)[1] == (
        "hacker, ps1: its time is not known, so it counts as received now"
    )


async def test_names_that_cannot_be_written(importer: Importer, example: Path) -> None:
    os.rename(example / "submitted" / "hacker", os.fsencode(example / "submitted") + b"/\xff")  # noqa: PTH104 - Path cannot
    (example / "source" / "ps1" / os.fsdecode(b"\xfe.csv")).write_text("1")
    (example / "submitted" / "bitdiddle" / "ps1" / os.fsdecode(b"\xfd.csv")).write_text("1")
    await importer.run(example)
    assert len(await submissions(importer.database)) == 1
    assert "student id" in importer.said(Kind.STUDENT, Outcome.LEFT_OUT)[0]
    assert "characters that cannot be written" in importer.said(Kind.LAB, Outcome.LEFT_OUT)[0]


async def test_students_whose_ids_differ_in_case_alone(importer: Importer, example: Path) -> None:
    (example / "submitted" / "bitdiddle").rename(example / "submitted" / "Hacker")
    await importer.run(example)
    assert len({one.email for one in await submissions(importer.database)}) == 2


async def test_assignments_whose_names_make_one_slug(importer: Importer, example: Path) -> None:
    (example / "source" / "ps1").rename(example / "source" / "ps-1")
    (example / "source" / "ps2").rename(example / "source" / "PS 1")
    await importer.run(example)
    labs = await rows(importer.database, "SELECT slug FROM lab")
    assert len(labs) == 2


async def test_huge_files(importer: Importer, example: Path) -> None:
    with (example / "source" / "ps1" / "big.bin").open("wb") as big:
        big.truncate(folder_reading.MAX_FILE_BYTES + 1)
    with (example / "submitted" / "hacker" / "ps1" / "problem1.ipynb").open("wb") as big:
        big.truncate(101 * 1024 * 1024)
    await importer.run(example)
    assert "big.bin is larger than 64 MB" in importer.said(Kind.LAB, Outcome.LEFT_OUT)[0]
    assert "problem1.ipynb is larger than 100 MB" in importer.said(Kind.SUBMISSION, Outcome.LEFT_OUT)[0]
    assert len(await submissions(importer.database)) == 2


async def test_work_without_any_of_the_notebooks(importer: Importer, example: Path) -> None:
    place = example / "submitted" / "hacker" / "ps1"
    for name in ("problem1", "problem2"):
        (place / f"{name}.ipynb").rename(place / f"my {name}.ipynb")
    await importer.run(example)
    assert importer.said(Kind.SUBMISSION, Outcome.LEFT_OUT) == [
        "hacker, ps1: it holds none of the assignment's notebooks"
    ]
