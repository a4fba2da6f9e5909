"""Teams as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires
from darsgah.teams import invitations, service
from darsgah.teams.schemas import (
    InvitationAnswer,
    Join,
    NewInvitation,
    NewTeam,
    TeamRename,
    TeamsView,
    TeamView,
)

learners = requires(Role.LEARNER)


@get("/teams", guards=[learners])
async def list_teams(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> TeamsView:
    """The teams that you are in, at most 20, and the invitations that wait for your answer."""
    teams = await service.own_teams(session, request.user)
    return TeamsView(teams, await invitations.waiting(session, request.user))


@post("/teams", guards=[learners])
async def found_team(
    data: JSONBody[NewTeam], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> TeamView:
    """Found a team. You are its first member."""
    return await service.found(session, request.user, data)


@get("/teams/{team_id:uuid}", guards=[learners])
async def read_team(
    team_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> TeamView:
    """One of your teams."""
    return await service.view(session, request.user, team_id)


@put("/teams/{team_id:uuid}", guards=[learners])
async def rename_team(
    team_id: FromPath[UUID],
    data: JSONBody[TeamRename],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> TeamView:
    """Give one of your teams another name."""
    return await service.rename(session, request.user, team_id, data)


@delete("/teams/{team_id:uuid}/members/{account_id:uuid}", guards=[learners])
async def take_out(
    team_id: FromPath[UUID],
    account_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Leave a team (with your own account), or take somebody out of the team that you are in longest."""
    await service.take_out(session, request.user, team_id, account_id)


@post("/teams/{team_id:uuid}/invitations", guards=[learners])
async def invite(
    team_id: FromPath[UUID],
    data: JSONBody[NewInvitation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> TeamView:
    """Ask an e-mail address into a team. Nothing tells whether it has an account."""
    return await invitations.invite(session, request.user, team_id, data)


@delete(
    "/teams/{team_id:uuid}/invitations/{invitation_id:uuid}",
    guards=[learners],
    status_code=HTTPStatus.OK,
)
async def withdraw_invitation(
    team_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> TeamView:
    """Take an invitation back."""
    return await invitations.withdraw(session, request.user, team_id, invitation_id)


@put("/teams/{team_id:uuid}/link", guards=[learners])
async def make_link(
    team_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> TeamView:
    """Make a link by which learners come into the team; the one before is good no more."""
    return await invitations.new_link(session, request.user, team_id)


@delete("/teams/{team_id:uuid}/link", guards=[learners], status_code=HTTPStatus.OK)
async def end_link(
    team_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> TeamView:
    """Let the team's link be good no more."""
    return await invitations.end_link(session, request.user, team_id)


@post("/team-invitations/{invitation_id:uuid}", guards=[learners], status_code=HTTPStatus.OK)
async def answer_invitation(
    invitation_id: FromPath[UUID],
    data: JSONBody[InvitationAnswer],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> TeamsView:
    """Come into a team that asked you, or decline; returns your teams as they are then."""
    await invitations.answer(session, request.user, invitation_id, accept=data.accept)
    teams = await service.own_teams(session, request.user)
    return TeamsView(teams, await invitations.waiting(session, request.user))


@post("/team-joins", guards=[learners], status_code=HTTPStatus.OK)
async def join_team(
    data: JSONBody[Join], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> TeamView:
    """Come into a team by the token of its link; doing so again changes nothing."""
    team_id = await invitations.join(session, request.user, data.token)
    return await service.view(session, request.user, team_id)


router = Router(
    path="/",
    route_handlers=[
        list_teams,
        found_team,
        read_team,
        rename_team,
        take_out,
        invite,
        withdraw_invitation,
        make_link,
        end_link,
        answer_invitation,
        join_team,
    ],
    tags=["teams"],
)
