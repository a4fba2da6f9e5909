"""A published brief, teams that apply to it, and labs that they pass."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.applications import service
from darsgah.applications.matching_schemas import MatchingDesk, TeamResult
from darsgah.applications.schemas import ApplicationView, NewApplication
from darsgah.briefs.content import Gate
from darsgah.catalog import service as catalog
from darsgah.db.columns import now
from darsgah.errors import DarsgahError
from darsgah.hubs import service as hubs
from darsgah.submissions.models import Submission
from darsgah.teams import invitations
from darsgah.teams import service as teams
from darsgah.teams.schemas import NewTeam
from darsgah.ui.language import Languages
from tests.network import HUB, Network, person

ENGLISH = Languages.load()["en"]


async def learner(session: AsyncSession, name: str, *others: str) -> Actor:
    """A new learner of the first hub, and of others by their codes."""
    return await person(session, name, *((Role.LEARNER, hub) for hub in (HUB, *others)))


async def team_of(session: AsyncSession, name: str, *people: Actor) -> UUID:
    """A team of these people, the first of whom founded it in the first hub."""
    hub = await hubs.hub_by_code(session, HUB)
    team = await teams.found(session, people[0], NewTeam(name, hub.id))
    token = (await invitations.new_link(session, people[0], team.id)).link_token or ""
    for one in people[1:]:
        await invitations.join(session, one, token)
    return team.id


async def apply(
    session: AsyncSession, actor: Actor, brief_id: UUID, team_id: UUID | None = None, *, send: bool = True
) -> ApplicationView:
    """The actor's application, alone or with a team."""
    new = NewApplication(team_id, "We have done this before.", send)
    return await service.apply(session, actor, brief_id, new, ENGLISH)


async def gate(session: AsyncSession, network: Network, share: float = 0.6) -> Gate:
    """The network's lab as a gate."""
    return Gate((await catalog.lab_version(session, network.lab_version_id)).lab_id, share)


async def passes(session: AsyncSession, network: Network, actor: Actor, share: float = 1.0) -> None:
    """Give somebody a graded submission with that share of the lab's points."""
    session.add(
        Submission(
            hub_id=network.hub_id,
            cohort_id=network.cohort_id,
            assignment_id=network.assignment_id,
            account_id=actor.account_id,
            attempt=1,
            state="graded",
            received_at=now(),
            sha256="0" * 64,
            size=1,
            score=5 * share,
            max_score=5.0,
        )
    )
    await session.flush()


async def outcome(attempt: Coroutine[Any, Any, Any]) -> str:
    """The code of the error that an attempt ends with; empty where it goes well."""
    try:
        await attempt
    except DarsgahError as error:
        return error.code
    return ""


async def at_once(*attempts: Coroutine[Any, Any, Any]) -> list[str]:
    """What each of several attempts at the same time ends with, in order of the alphabet."""
    return sorted(await asyncio.gather(*(outcome(attempt) for attempt in attempts)))


def given(desk: MatchingDesk) -> dict[str, list[str]]:
    """The names of the teams that each brief of the proposal gets, by the brief's title."""
    assert desk.proposal
    return {brief.title: [team.team for team in brief.teams] for brief in desk.proposal.briefs}


def result_of(desk: MatchingDesk, team: str) -> TeamResult:
    """How the proposal leaves a team."""
    assert desk.proposal
    everybody = [*desk.proposal.without, *(one for brief in desk.proposal.briefs for one in brief.teams)]
    return next(result for result in everybody if result.team == team)
