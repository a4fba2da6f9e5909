"""Hiring profiles as JSON: a learner's own, and open ones for verified organisations."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires, signed_in
from darsgah.hiring import barring, contact, service
from darsgah.hiring.schemas import (
    BarredList,
    Conversation,
    ConversationView,
    HiringProfileChange,
    NewBar,
    NewHiringMessage,
    OpenProfile,
    OwnProfile,
    ProfileList,
    SeenList,
)

learners = requires(Role.LEARNER)
mentors = requires(Role.MENTOR)


@get("/me/hiring-profile", guards=[learners])
async def read_own(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> OwnProfile:
    """Your profile for organisations; closed until you open it."""
    return await service.own_profile(session, request.user)


@put("/me/hiring-profile", guards=[learners])
async def change_own(
    data: JSONBody[HiringProfileChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OwnProfile:
    """Write, open or close your profile; who looks afterwards finds a closed one no more."""
    return await service.change(session, request.user, data)


@delete("/me/hiring-profile/open", guards=[learners])
async def close_own(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> None:
    """Close your profile, whatever version it is; what you wrote is kept for you."""
    await service.close(session, request.user)


@get("/me/hiring-profile/views", guards=[learners])
async def list_views(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> SeenList:
    """Who saw your profile, newest first, 50 at a time."""
    return await service.seen_by(session, request.user, after)


@get("/me/hiring-profile/barred", guards=[learners])
async def list_bars(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> BarredList:
    """The organisations that do not see your profile, and what you changed about it."""
    return await barring.bars(session, request.user)


@post("/me/hiring-profile/barred", guards=[learners], status_code=HTTPStatus.OK)
async def bar_named(
    data: JSONBody[NewBar], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> BarredList:
    """Hide your profile from the organisation of that name, such as the one you work for."""
    await barring.bar_named(session, request.user, data.name)
    return await barring.bars(session, request.user)


@put("/me/hiring-profile/barred/{organisation_id:uuid}", guards=[learners])
async def bar_organisation(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> BarredList:
    """Hide your profile from an organisation: to it, it is closed from now on."""
    await barring.bar(session, request.user, organisation_id)
    return await barring.bars(session, request.user)


@delete("/me/hiring-profile/barred/{organisation_id:uuid}", guards=[learners])
async def let_organisation_in(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Hide your profile from an organisation no more."""
    await barring.let_in(session, request.user, organisation_id)


@get("/me/hiring-conversations", guards=[signed_in])
async def list_conversations(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> list[Conversation]:
    """The organisations that wrote to you."""
    return await contact.conversations(session, request.user)


@get("/me/hiring-conversations/{organisation_id:uuid}", guards=[signed_in])
async def read_conversation(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> ConversationView:
    """What an organisation and you wrote to each other."""
    return await contact.conversation(session, request.user, organisation_id)


@post("/me/hiring-conversations/{organisation_id:uuid}", guards=[signed_in])
async def answer_organisation(
    organisation_id: FromPath[UUID],
    data: JSONBody[NewHiringMessage],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> ConversationView:
    """Answer an organisation that wrote to you."""
    await contact.answer(session, request.user, organisation_id, data)
    return await contact.conversation(session, request.user, organisation_id)


@get("/hiring/profiles", guards=[mentors])
async def list_profiles(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    skill: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> ProfileList:
    """The open profiles without names, newest first, 50 at a time; for verified organisations."""
    return await service.profiles(session, request.user, skill=skill, after=after)


@get("/hiring/profiles/{profile_id:uuid}", guards=[mentors])
async def read_profile(
    profile_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> OpenProfile:
    """One open profile. The learner sees that you looked, and for whom."""
    return await contact.profile(session, request.user, profile_id)


@post("/hiring/profiles/{profile_id:uuid}/messages", guards=[mentors], status_code=204)
async def write_to_learner(
    profile_id: FromPath[UUID],
    data: JSONBody[NewHiringMessage],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Write to a learner; at most three messages go before an answer comes."""
    await contact.write(session, request.user, profile_id, data)


router = Router(
    path="/",
    route_handlers=[
        read_own,
        change_own,
        close_own,
        list_views,
        list_bars,
        bar_named,
        bar_organisation,
        let_organisation_in,
        list_conversations,
        read_conversation,
        answer_organisation,
        list_profiles,
        read_profile,
        write_to_learner,
    ],
    tags=["hiring"],
)
