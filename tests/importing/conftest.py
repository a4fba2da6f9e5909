"""Courses to import, and what the tests ask of the database afterwards."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbgrader
import pytest

from darsgah.blobs.store import BlobStore, memory_blobs
from darsgah.course_import.importer import CourseImport, Target
from darsgah.course_import.report import Kind, Line, Outcome, Report
from darsgah.course_import.steps import ForgetfulBlobs
from darsgah.db.session import Database
from darsgah.hubs import service as hubs
from darsgah_grader.grading import Grader
from darsgah_grader.nbgrader_course import read_course

EXAMPLE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
"""The example course that comes with nbgrader."""
HUB = "khi-saddar"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def school_master(run_folder: Path) -> Path:
    """The example's first assignment as a school has it: graded by real nbgrader, with its gradebook."""
    course = run_folder / "nbgrader-school"
    with (run_folder / "nbgrader-school.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (course / "made").exists():
            for part in ("source/ps1", "submitted"):
                shutil.copytree(EXAMPLE / part, course / part)
            command = [sys.executable, "-m", "tests.importing.nbgrader_school", str(course)]
            subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True)
            (course / "made").touch()
    return course


@pytest.fixture
def school(school_master: Path, tmp_path: Path) -> Path:
    """A copy of that course for one test to change."""
    return Path(shutil.copytree(school_master, tmp_path / "school"))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example's first assignment under two names, with its submissions, to change.

    The second one of the example has AUTOTEST lines, whose reference solutions take seconds to run.
    """
    course = tmp_path / "example"
    for name in ("ps1", "ps2"):
        shutil.copytree(EXAMPLE / "source" / "ps1", course / "source" / name)
    shutil.copytree(EXAMPLE / "submitted", course / "submitted")
    return course


class Importer:
    """Imports folders into one hub of a database, and remembers what was reported."""

    def __init__(self, database: Database, grader: Grader) -> None:
        self.database = database
        self.blobs = memory_blobs()
        self.grader = grader
        self.lines: list[Line] = []

    async def run(
        self,
        folder: Path,
        *,
        dry_run: bool = False,
        blobs: BlobStore | None = None,
        cohort: str = "Term",
        say: Callable[[Line], None] | None = None,
    ) -> Report:
        """Import a folder; ``say`` is told every line after it was noted."""
        self.lines = []

        def note(line: Line) -> None:
            self.lines.append(line)
            if say is not None:
                say(line)

        report = Report(note)
        async with self.database.begin() as session:
            await hubs.load_plan(session)
            hub = await hubs.hub_by_code(session, HUB)
        course_import = CourseImport(
            self.database,
            blobs or (ForgetfulBlobs() if dry_run else self.blobs),
            self.grader,
            course=read_course(folder),
            target=Target(hub, "programming", cohort),
            report=report,
            progress=lambda _done, _total: None,
        )
        await course_import.run(dry_run=dry_run)
        return report

    def said(self, kind: Kind, outcome: Outcome) -> list[str]:
        """The texts of what was reported of that sort."""
        return [line.text for line in self.lines if (line.kind, line.outcome) == (kind, outcome)]


@pytest.fixture
def importer(database: Database, grader: Grader) -> Importer:
    """An importer into an empty database."""
    return Importer(database, grader)
