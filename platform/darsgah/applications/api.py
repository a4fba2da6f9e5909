"""Applications as JSON: what teams do, and what mentors see and rank."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires, signed_in
from darsgah.applications import ranking, service
from darsgah.applications.schemas import (
    Act,
    Applicants,
    ApplicationView,
    ApplyView,
    NewApplication,
    OwnApplications,
    Ranking,
    StatementChange,
    TeamOrder,
)
from darsgah.ui.templating import Pages

learners = requires(Role.LEARNER)


@get("/briefs/{brief_id:uuid}/applications", guards=[learners])
async def ways_to_apply(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplyView:
    """How you could come to a brief, alone and with each of your teams, and what is missing."""
    return await service.apply_view(session, request.user, brief_id, pages.language_of(request))


@post("/briefs/{brief_id:uuid}/applications", guards=[learners])
async def apply(
    *,
    brief_id: FromPath[UUID],
    data: JSONBody[NewApplication],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplicationView:
    """Begin an application, as a draft or sent at once. A team has one to each brief: a repeat is a 409."""
    return await service.apply(session, request.user, brief_id, data, pages.language_of(request))


@get("/applications", guards=[learners])
async def list_applications(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> OwnApplications:
    """What your teams apply to, in each team's order, and what came of earlier ones, 50 at a time."""
    return await service.own_applications(session, request.user, pages.language_of(request), after=after)


@get("/applications/{application_id:uuid}", guards=[learners])
async def read_application(
    application_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplicationView:
    """An application of one of your teams, with its history and with what is missing."""
    return await service.application(session, request.user, application_id, pages.language_of(request))


@put("/applications/{application_id:uuid}", guards=[learners])
async def change_application(
    *,
    application_id: FromPath[UUID],
    data: JSONBody[StatementChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplicationView:
    """Write a draft's statement anew."""
    return await service.change(session, request.user, application_id, data, pages.language_of(request))


@post("/applications/{application_id:uuid}/send", guards=[learners], status_code=HTTPStatus.OK)
async def send_application(
    *,
    application_id: FromPath[UUID],
    data: JSONBody[Act],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplicationView:
    """Send a draft; what is missing is said with a 409."""
    language = pages.language_of(request)
    return await service.send(session, request.user, application_id, data.version, language)


@post("/applications/{application_id:uuid}/withdraw", guards=[learners], status_code=HTTPStatus.OK)
async def withdraw_application(
    *,
    application_id: FromPath[UUID],
    data: JSONBody[Act],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> ApplicationView:
    """Withdraw a draft or an open application."""
    language = pages.language_of(request)
    return await service.withdraw(session, request.user, application_id, data.version, language)


@put("/teams/{team_id:uuid}/applications", guards=[learners])
async def order_applications(
    *,
    team_id: FromPath[UUID],
    data: JSONBody[TeamOrder],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> OwnApplications:
    """Put a team's live applications in order, the most wanted first."""
    return await service.order(session, request.user, team_id, data, pages.language_of(request))


@get("/briefs/{brief_id:uuid}/applicants", guards=[signed_in])
async def list_applicants(
    brief_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Applicants:
    """Who applies to a brief, for its mentor and the coordinators of its hub."""
    return await ranking.applicants(session, request.user, brief_id)


@put("/briefs/{brief_id:uuid}/applicants", guards=[signed_in])
async def rank_applicants(
    brief_id: FromPath[UUID],
    data: JSONBody[Ranking],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Applicants:
    """Put the applicants of your own brief in order, and say whom you would not take."""
    return await ranking.rank(session, request.user, brief_id, data)


router = Router(
    path="/",
    route_handlers=[
        ways_to_apply,
        apply,
        list_applications,
        read_application,
        change_application,
        send_application,
        withdraw_application,
        order_applications,
        list_applicants,
        rank_applicants,
    ],
    tags=["applications"],
)
