"""The matching of a hub as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, requires
from darsgah.applications import confirming, desk, proposals
from darsgah.applications.matching_schemas import (
    Assignment,
    Confirmed,
    Edit,
    MatchingDesk,
    Propose,
    SeenVersion,
)
from darsgah.applications.schemas import Cap
from darsgah.ui.templating import Pages

coordinators = requires(*proposals.COORDINATORS)


@get("/hubs/{hub_id:uuid}/matching", guards=[coordinators])
async def read_matching(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> MatchingDesk:
    """The briefs that can be matched, the proposal if there is one, and why it is as it is."""
    return await desk.desk(session, request.user, hub_id, pages.language_of(request))


@post("/hubs/{hub_id:uuid}/matching", guards=[coordinators], status_code=HTTPStatus.OK)
async def propose(
    *,
    hub_id: FromPath[UUID],
    data: JSONBody[Propose],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> MatchingDesk:
    """Propose who gets which of some briefs; with a version, anew around what was decided by hand."""
    await proposals.propose(session, request.user, hub_id, data.brief_ids, data.version)
    return await desk.desk(session, request.user, hub_id, pages.language_of(request))


@post("/hubs/{hub_id:uuid}/matching/edits", guards=[coordinators], status_code=HTTPStatus.OK)
async def edit_matching(
    *,
    hub_id: FromPath[UUID],
    data: JSONBody[Edit],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> MatchingDesk:
    """Give a team a brief, take a pair out, or leave a pair to the proposal again."""
    await proposals.edit(session, request.user, hub_id, data)
    return await desk.desk(session, request.user, hub_id, pages.language_of(request))


@post("/hubs/{hub_id:uuid}/matching/assignments", guards=[coordinators], status_code=HTTPStatus.OK)
async def assign_team(
    *,
    hub_id: FromPath[UUID],
    data: JSONBody[Assignment],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> MatchingDesk:
    """Put a team of the hub's learners together and give it a brief."""
    await proposals.assign(session, request.user, hub_id, data)
    return await desk.desk(session, request.user, hub_id, pages.language_of(request))


@post("/hubs/{hub_id:uuid}/matching/confirm", guards=[coordinators], status_code=HTTPStatus.OK)
async def confirm_matching(
    hub_id: FromPath[UUID],
    data: JSONBody[SeenVersion],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Confirmed:
    """Let the proposal take effect: projects begin and dates freeze, all or nothing."""
    return await confirming.confirm(session, request.user, hub_id, data.version)


@post("/hubs/{hub_id:uuid}/matching/discard", guards=[coordinators], status_code=HTTPStatus.NO_CONTENT)
async def discard_matching(
    hub_id: FromPath[UUID],
    data: JSONBody[SeenVersion],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """End the proposal; nothing comes of it."""
    await proposals.discard(session, request.user, hub_id, data.version)


@put("/hubs/{hub_id:uuid}/application-cap", guards=[coordinators])
async def change_cap(
    hub_id: FromPath[UUID],
    data: JSONBody[Cap],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Cap:
    """Say how many open applications one person may have to briefs of a hub that you administer."""
    await proposals.set_cap(session, request.user, hub_id, data)
    return data


router = Router(
    path="/",
    route_handlers=[
        read_matching,
        propose,
        edit_matching,
        assign_team,
        confirm_matching,
        discard_matching,
        change_cap,
    ],
    tags=["matching"],
)
