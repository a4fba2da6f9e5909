"""The worker's side of grades: runs the grader on a submission and records what it says.

Never imported by the web process. A job may run twice, after a worker died: the first result recorded stays.
"""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import msgspec
import structlog

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile, store
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import GradingMaterial
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.grades import environment_faults, service
from darsgah.grades.flags import UNGRADED
from darsgah.jobs.worker import Task, outline
from darsgah.submissions import service as submissions
from darsgah.submissions.recording import GRADE
from darsgah.submissions.schemas import GradingTicket, State
from darsgah_grader.grading import Grader
from darsgah_grader.types import (
    Assignment,
    AssignmentInvalid,
    Assurance,
    Environment,
    EnvironmentBroken,
    Flag,
    Grade,
    Limits,
    Master,
    SandboxLevel,
)

logger = structlog.get_logger("darsgah.worker")


class GradingTasks:
    """Grades submissions with one grader, whose warm processes all jobs of this worker share.

    Attributes:
        under_way: gradings that run now.
    """

    def __init__(self, database: Database, blobs: BlobStore, grader: Grader) -> None:
        self.database = database
        self.blobs = blobs
        self.grader = grader
        self.under_way = 0

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [
            Task(GRADE, run=self.grade, give_up=self.give_up),
            Task(
                environment_faults.AGAIN, run=self.grade_when_environment_works, give_up=self.leave_to_person
            ),
        ]

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
            self.under_way += 1
            try:
                grade = await asyncio.to_thread(self._graded, assignment, handed_in)
            finally:
                self.under_way -= 1
        except AssignmentInvalid as error:
            await self._record_failure(ticket, f"The lab itself is at fault: {error}")
            return
        except EnvironmentBroken as error:
            await self._put_off(ticket, str(error))
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

    async def grade_when_environment_works(self, submission_id: str, tried: int) -> None:
        """Have a submission graded whose environment did not start, if it does now; or look again later."""
        async with self.database.begin() as session:
            waiting = await environment_faults.waiting_assignment(session, UUID(submission_id))
            if waiting is None:
                return
            lab_version_id = await enrolments.lab_version_of(session, waiting)
            material = await catalog.grading_material(session, lab_version_id)
        try:
            await asyncio.to_thread(self._start, material.environment)
        except EnvironmentBroken as error:
            logger.warning("environment_still_broken", submission=submission_id, reason=outline(error))
            async with self.database.begin() as session:
                await environment_faults.try_later(session, UUID(submission_id), tried=tried + 1)
            return
        async with self.database.begin() as session:
            await environment_faults.grade_now(session, UUID(submission_id))

    async def leave_to_person(self, submission_id: str, tried: int, *, reason: str) -> None:
        """Leave a submission that waits for its environment where it is: with a person."""
        logger.error("environment_not_tried", submission=submission_id, tried=tried, reason=reason)

    def _environment(self, name: str) -> Environment:
        """The lab's environment; one that is not there may be there tomorrow, like a broken one."""
        try:
            return self.grader.environments.named(name)
        except AssignmentInvalid as error:
            raise EnvironmentBroken(str(error)) from error

    def _start(self, name: str) -> None:
        with self.grader.using(self._environment(name)):
            pass

    def _graded(self, assignment: Assignment, handed_in: Mapping[str, bytes]) -> Grade:
        """The grade; when the environment breaks it is tried once more: its process may have been killed."""
        try:
            return self.grader.grade(assignment, handed_in)
        except EnvironmentBroken:
            return self.grader.grade(assignment, handed_in)

    async def _put_off(self, ticket: GradingTicket, evidence: str) -> None:
        """Hand the submission to a person because of its environment, and have it tried again later."""
        logger.error("environment_broken", submission=str(ticket.id), reason=evidence)
        async with self.database.begin() as session:
            lab_version_id = await enrolments.lab_version_of(session, ticket.assignment_id)
            lab = await catalog.lab_version(session, lab_version_id)
            recorded = await service.record(
                session,
                submission_id=ticket.id,
                hub_id=ticket.hub_id,
                grade=environment_faults.ungraded(lab.points, evidence),
                executed=(),
                state=State.NEEDS_REVIEW,
            )
            if recorded:
                await environment_faults.try_later(session, ticket.id, tried=0)

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
            environment=self._environment(material.environment),
            limits=msgspec.convert(material.limits, Limits),
            files=await self._contents(material.files),
        )
