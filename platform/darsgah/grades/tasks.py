"""The worker's side of grades: runs the grader on a submission and records what it says.

Never imported by the web process. A job may run twice, after a worker died: the first result recorded stays.
"""

import asyncio
from uuid import UUID

import msgspec
import structlog

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile, store
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import GradingMaterial
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.grades import service
from darsgah.jobs.worker import Task
from darsgah.submissions import service as submissions
from darsgah.submissions.recording import GRADE
from darsgah.submissions.schemas import GradingTicket, State
from darsgah_grader.grading import Grader
from darsgah_grader.types import (
    Assignment,
    AssignmentInvalid,
    Assurance,
    Flag,
    Grade,
    Limits,
    Master,
    SandboxLevel,
)

logger = structlog.get_logger("darsgah.worker")

UNGRADED = "grading_failed"
"""The flag of a submission that could not be graded: nothing the learner did, a person has to look."""


class GradingTasks:
    """Grades submissions with one grader, whose warm processes all jobs of this worker share."""

    def __init__(self, database: Database, blobs: BlobStore, grader: Grader) -> None:
        self.database = database
        self.blobs = blobs
        self.grader = grader

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(GRADE, run=self.grade, give_up=self.give_up)]

    async def grade(self, submission_id: str) -> None:
        """Grade one submission; does nothing when that has been done."""
        async with self.database.begin() as session:
            ticket = await submissions.start_grading(session, UUID(submission_id))
            if ticket is None:
                return
            lab_version_id = await enrolments.lab_version_of(session, ticket.assignment_id)
            material = await catalog.grading_material(session, lab_version_id)
        try:
            assignment = await self._assignment(material)
            handed_in = await self._contents(ticket.notebooks)
            grade = await asyncio.to_thread(self.grader.grade, assignment, handed_in)
        except AssignmentInvalid as error:
            await self._record_failure(ticket, f"The lab itself is at fault: {error}")
            return
        executed = await store(self.blobs, grade.executed)
        async with self.database.begin() as session:
            recorded = await service.record(
                session, submission_id=ticket.id, hub_id=ticket.hub_id, grade=grade, executed=executed
            )
        logger.info(
            "graded",
            submission=submission_id,
            recorded=recorded,
            seconds=round(grade.seconds, 3),
            code_seconds=round(grade.code_seconds, 3),
        )

    async def give_up(self, submission_id: str, *, reason: str) -> None:
        """Hand the submission to a person after the last attempt to grade it failed, and tell them why."""
        async with self.database.begin() as session:
            ticket = await submissions.start_grading(session, UUID(submission_id))
        if ticket is not None:
            await self._record_failure(ticket, f"Every attempt to grade it failed, the last with {reason}")

    async def _record_failure(self, ticket: GradingTicket, evidence: str) -> None:
        logger.error("ungraded", submission=str(ticket.id), reason=evidence)
        async with self.database.begin() as session:
            lab_version_id = await enrolments.lab_version_of(session, ticket.assignment_id)
            lab = await catalog.lab_version(session, lab_version_id)
            grade = Grade(
                score=None,
                max_score=lab.points,
                assurance=Assurance.IN_PROCESS,
                sandbox=SandboxLevel.NONE,
                flags=(Flag(UNGRADED, evidence),),
            )
            await service.record(
                session,
                submission_id=ticket.id,
                hub_id=ticket.hub_id,
                grade=grade,
                executed=(),
                state=State.NEEDS_REVIEW,
            )

    async def _contents(self, files: tuple[StoredFile, ...]) -> dict[str, bytes]:
        return {file.name: await self.blobs.get(file.sha256) for file in files}

    async def _assignment(self, material: GradingMaterial) -> Assignment:
        sources = await self._contents(material.sources)
        return Assignment(
            masters=tuple(Master(name, content) for name, content in sources.items()),
            environment=self.grader.environments.named(material.environment),
            limits=msgspec.convert(material.limits, Limits),
            files=await self._contents(material.files),
        )
