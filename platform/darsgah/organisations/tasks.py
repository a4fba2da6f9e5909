"""The worker's side: what depends on a verification, or on a place in an organisation, follows it."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.session import Database
from darsgah.jobs.worker import Task
from darsgah.organisations.service import STANDING_CHANGED

Follower = Callable[[AsyncSession, UUID, UUID | None], Awaitable[None]]
"""Brings one slice's rows in line with an organisation, and where it is given with one mentor of it.

It is called in a transaction of its own, looks up how they stand now, and is safe to repeat. Nothing depends
on it for who may do what: that is asked at each act (``darsgah.organisations.service.may_act_for``).
"""
logger = structlog.get_logger("darsgah.worker")


class OrganisationTasks:
    """Lets the slices above follow."""

    def __init__(self, database: Database, followers: Sequence[Follower]) -> None:
        self.database = database
        self._followers = followers

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(STANDING_CHANGED, run=self.follow, give_up=self.give_up)]

    async def follow(self, organisation_id: str, account_id: str) -> None:
        """Call each follower."""
        for follower in self._followers:
            async with self.database.begin() as session:
                await follower(session, UUID(organisation_id), UUID(account_id) if account_id else None)

    async def give_up(self, organisation_id: str, account_id: str, *, reason: str) -> None:
        """Say so in the log: the administrators see the organisation's state all the same."""
        logger.error("standing_not_followed", organisation=organisation_id, account=account_id, reason=reason)
