"""The worker's side of measuring labs: what the tutor makes of a published lab's own wrong answers.

Never imported by the web process. It shares the queue of the lab checks, comes after them and gives way too.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.db.session import Database
from darsgah.hinting.calibrating import Extent, measure, tutor_name
from darsgah.hinting.evaluation.lab_cases import questions_of
from darsgah.hinting.published_labs import PublishedLab, PublishedLabs
from darsgah.hinting.tutors import shipped_tutor
from darsgah.jobs.worker import Task
from darsgah.tutoring import calibrations
from darsgah.tutoring.gate_figures import Measured
from darsgah_grader.grading import Grader
from darsgah_tutor.engine import Tutor

logger = structlog.get_logger("darsgah.worker")


class CalibrationTasks:
    """Measures published labs with a grader that also grades.

    Args:
        give_way: called before each answer is tried; returns when nobody waits for this worker.
        extent: how far each measurement goes.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        grader: Grader,
        give_way: Callable[[], None],
        *,
        extent: Extent | None = None,
    ) -> None:
        self.database = database
        self.grader = grader
        self._give_way = give_way
        self._extent = extent or Extent()
        self._labs = PublishedLabs(database, blobs, grader)

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(catalog.CALIBRATE, run=self.calibrate, give_up=self.give_up)]

    async def calibrate(self, lab_version_id: str, *, again: bool = False) -> None:
        """Measure one lab version; does nothing where this tutor was measured, unless it is to be again."""
        identifier = UUID(lab_version_id)
        tutor = await asyncio.to_thread(shipped_tutor)
        name = await asyncio.to_thread(tutor_name, tutor)
        async with self.database.begin() as session:
            if not again and await calibrations.measured_by(session, identifier, name):
                return
        lab = await self._labs.read(identifier)
        measured = await asyncio.to_thread(self._measured, tutor, lab)
        async with self.database.begin() as session:
            await calibrations.record(session, identifier, measured)
        logger.info("lab_measured", lab_version=lab_version_id, answers=len(measured.answers))

    async def give_up(self, lab_version_id: str, *, again: bool = False, reason: str) -> None:
        """Leave the version unmeasured: the course's page offers to measure it."""
        logger.error("lab_not_measured", lab_version=lab_version_id, again=again, reason=reason)

    def _measured(self, tutor: Tutor, lab: PublishedLab) -> Measured:
        questions = questions_of(lab.lab.slug, lab.lab, lab.assignment)
        return measure(tutor, self.grader, questions, self._extent, give_way=self._give_way)
