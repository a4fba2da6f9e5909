"""The worker's side of lab checks: checks published lab versions that have no report yet.

Never imported by the web process. The browser's Python is left to `darsgah lab check`: servers need no Node.
One check at a time, one mutant at a time, and none while this worker grades a submission: learners wait for
their grades, and nobody waits for a report.
"""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import structlog

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import GradingMaterial
from darsgah.db.session import Database
from darsgah.jobs.worker import Task
from darsgah.lab_checks import service
from darsgah.lab_checks.limits import limits_of
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Master
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import lab_of_files

AT_ONCE = 1
"""Checks that one worker runs at a time."""

_MOMENT = 0.05
logger = structlog.get_logger("darsgah.worker")


class LabCheckTasks:
    """Checks labs with a grader that also grades; ``is_busy`` says whether it does so now.

    ``judge_of`` says what the tutor would tell: see ``darsgah.lab_checks.checking``.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        grader: Grader,
        is_busy: Callable[[], bool],
        judge_of: Callable[[Lab, Assignment, Grader], Callable[[str, str], str]],
    ) -> None:
        self.database = database
        self.blobs = blobs
        self.grader = grader
        self.is_busy = is_busy
        self.judge_of = judge_of
        self._stopping = False

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(catalog.CHECK, run=self.check, give_up=self.give_up)]

    async def stop_with(self, stop: asyncio.Event) -> None:
        """Have a check that is under way when the worker stops end soon; its job is handed back."""
        await stop.wait()
        self._stopping = True

    async def check(self, lab_version_id: str, *, again: bool = False) -> None:
        """Check one lab version; does nothing where there is a report, unless another is asked for."""
        identifier = UUID(lab_version_id)
        async with self.database.begin() as session:
            if not again and await service.has_report(session, identifier):
                return
            material = await catalog.grading_material(session, identifier)
        sources = {f"{file.name}.ipynb": content for file, content in await self._contents(material.sources)}
        others = await self._contents((*material.files, *material.authored))
        lab = lab_of_files(material.slug, sources | {file.name: content for file, content in others})
        report = await asyncio.to_thread(self._checked, lab, material)
        async with self.database.begin() as session:
            await service.record(session, identifier, report)
        logger.info("lab_checked", lab_version=lab_version_id, ok=report.ok, seconds=report.seconds)

    async def give_up(self, lab_version_id: str, *, again: bool = False, reason: str) -> None:
        """Leave the version without a report: its page offers to check it again."""
        logger.error("lab_not_checked", lab_version=lab_version_id, again=again, reason=reason)

    def _checked(self, lab: Lab, material: GradingMaterial) -> LabReport:
        # nbgrader takes two seconds to import; a worker that checks nothing does not wait for it.
        from darsgah.lab_checks.checking import check  # noqa: PLC0415 - see above

        assignment = Assignment(
            masters=tuple(Master(name, content) for name, content in lab.notebooks.items()),
            environment=self.grader.environments.named(material.environment),
            limits=limits_of(lab.limits),
            files=lab.files,
        )
        choice = Choice(browser=False, threads=1)
        return check(lab, assignment, self.grader, self.judge_of, choice=choice, give_way=self.give_way)

    def give_way(self) -> None:
        """Wait, in a thread of its own, until nobody waits for this worker.

        Raises:
            CheckStopped: the worker ends.
        """
        while self.is_busy() and not self._stopping:
            time.sleep(_MOMENT)
        if self._stopping:
            raise CheckStopped("the worker ends")

    async def _contents(self, files: tuple[StoredFile, ...]) -> list[tuple[StoredFile, bytes]]:
        return [(file, await self.blobs.get(file.sha256)) for file in files]


class CheckStopped(Exception):  # noqa: N818 - says what happened
    """A check ended before its time because the worker ends."""
