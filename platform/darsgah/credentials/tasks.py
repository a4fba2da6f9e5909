"""The worker's side: a course's credential is awarded once its last result is released."""

from uuid import UUID

import structlog

from darsgah.credentials.completion import AWARD_COHORT, MOST_AT_ONCE, award_when_complete
from darsgah.credentials.issuing import Issuing
from darsgah.db.session import Database
from darsgah.grades.service import RELEASED
from darsgah.jobs.worker import Task
from darsgah.submissions.released import place_of

logger = structlog.get_logger("darsgah.worker")


class CredentialTasks:
    """Awards by rule."""

    def __init__(self, database: Database, issuing: Issuing) -> None:
        self.database = database
        self.issuing = issuing

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [
            Task(RELEASED, run=self.after_result, give_up=self.give_up_result),
            Task(AWARD_COHORT, run=self.after_rule, give_up=self.give_up_rule),
        ]

    async def after_result(self, submission_id: str) -> None:
        """Award the course's credential to the learner of a submission, if they have completed it now."""
        async with self.database.begin() as session:
            place = await place_of(session, UUID(submission_id))
            if place is not None:
                await award_when_complete(session, self.issuing, place[0], [place[1]])

    async def after_rule(self, cohort_id: str) -> None:
        """Award it to all of a cohort who have completed the course by its rule of now, some at a time."""
        awarded = MOST_AT_ONCE
        while awarded == MOST_AT_ONCE:
            async with self.database.begin() as session:
                awarded = await award_when_complete(session, self.issuing, UUID(cohort_id))

    async def give_up_result(self, submission_id: str, *, reason: str) -> None:
        """Say so in the log: an instructor sees who has completed the course, and can award it by hand."""
        logger.error("credential_not_awarded", submission=submission_id, reason=reason)

    async def give_up_rule(self, cohort_id: str, *, reason: str) -> None:
        """Say so in the log, as above."""
        logger.error("credentials_not_awarded", cohort=cohort_id, reason=reason)
