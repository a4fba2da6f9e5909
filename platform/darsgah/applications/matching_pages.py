"""The matching of a hub as a page for its coordinators."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import confirming, desk, proposals
from darsgah.applications.errors import MatchingStale
from darsgah.applications.matching_api import coordinators
from darsgah.applications.matching_schemas import Assignment, Edit
from darsgah.applications.schemas import Cap
from darsgah.errors import DarsgahError
from darsgah.teams.schemas import TeamName
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

SAID: Mapping[str, Message] = {
    "proposed": Message("Proposed. Nothing has happened yet: look at it, change it, then confirm."),
    "changed": Message("Changed."),
    "discarded": Message("Discarded. Nothing came of it."),
    "confirmed": Message("Confirmed: the projects have begun, and everybody is told."),
    "saved": Message("Saved."),
}
"""What just happened, by the word in the address."""
MOST_BRIEFS = 500


class MatchForm(msgspec.Struct, frozen=True):
    """What a coordinator does with the proposal as a whole; ``version`` is missing for a first one."""

    action: Annotated[str, msgspec.Meta(pattern="^(propose|confirm|discard)$")]
    version: int | None = None


class AssignForm(msgspec.Struct, frozen=True):
    """A team to put together: addresses with spaces, commas or lines between them."""

    brief_id: UUID
    name: TeamName
    emails: Annotated[str, msgspec.Meta(min_length=3, max_length=4000)]
    version: int


@get("/hub/matching", guards=[coordinators])
async def hubs_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """The hubs that one coordinates; whoever has one goes there."""
    own = await desk.own_hubs(session, request.user)
    if len(own) == 1:
        return Redirect(f"/hub/matching/{own[0].id}")
    return pages.respond(request, "applications/hubs.html", hubs=own)


@get("/hub/matching/{hub_id:uuid}", guards=[coordinators])
async def matching_page(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The briefs that can be matched, the proposal, and why it is as it is."""
    return await _desk(request, session, pages, hub_id, done=done)


@post("/hub/matching/{hub_id:uuid}", guards=[coordinators])
async def change_matching(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Propose, confirm or discard."""
    form = await request.form()
    typed = {key: value for key, value in form.items() if value != ""}
    chosen = [one for one in form.getall("brief", []) if isinstance(one, str)][:MOST_BRIEFS]
    try:
        wanted = read_form(typed, MatchForm)
        async with session.begin_nested():
            if wanted.action == "propose":
                ids = read_form({"ids": chosen}, _Chosen).ids
                await proposals.propose(session, request.user, hub_id, ids, wanted.version)
            elif wanted.action == "confirm":
                await confirming.confirm(session, request.user, hub_id, wanted.version or 0)
            else:
                await proposals.discard(session, request.user, hub_id, wanted.version or 0)
    except DarsgahError as error:
        return await _refused(request, session, pages, hub_id, error)
    done = {"propose": "proposed", "confirm": "confirmed", "discard": "discarded"}[wanted.action]
    return Redirect(f"/hub/matching/{hub_id}?done={done}", status_code=303)


@post("/hub/matching/{hub_id:uuid}/edits", guards=[coordinators])
async def edit_matching(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Decide about one application by hand."""
    try:
        wanted = read_form(await request.form(), Edit)
        async with session.begin_nested():
            await proposals.edit(session, request.user, hub_id, wanted)
    except DarsgahError as error:
        return await _refused(request, session, pages, hub_id, error)
    return Redirect(f"/hub/matching/{hub_id}?done=changed", status_code=303)


@post("/hub/matching/{hub_id:uuid}/assignments", guards=[coordinators])
async def assign_team(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Put a team together and give it a brief; what was typed stays where it is refused."""
    form = await request.form()
    values = {key: value for key, value in form.items() if isinstance(value, str)}
    try:
        typed = read_form(values, AssignForm)
        emails = tuple(typed.emails.replace(",", " ").replace(";", " ").split())
        fields = {"brief_id": typed.brief_id, "name": typed.name, "emails": emails, "version": typed.version}
        async with session.begin_nested():
            await proposals.assign(session, request.user, hub_id, read_form(fields, Assignment))
    except DarsgahError as error:
        return await _refused(request, session, pages, hub_id, error, values=values)
    return Redirect(f"/hub/matching/{hub_id}?done=changed", status_code=303)


@post("/hub/matching/{hub_id:uuid}/cap", guards=[coordinators])
async def change_cap(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say how many open applications one person may have."""
    form = await request.form()
    values = {key: value for key, value in form.items() if isinstance(value, str)}
    try:
        await proposals.set_cap(session, request.user, hub_id, read_form(values, Cap))
    except DarsgahError as error:
        return await _refused(request, session, pages, hub_id, error, values=values)
    return Redirect(f"/hub/matching/{hub_id}?done=saved", status_code=303)


class _Chosen(msgspec.Struct, frozen=True):
    """The briefs whose boxes were ticked."""

    ids: tuple[UUID, ...]


async def _refused(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    hub_id: UUID,
    error: DarsgahError,
    *,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    """The page as it is now, with why nothing was done; what is nobody's business is raised again."""
    if error.status not in {409, 422}:
        raise error
    return await _desk(request, session, pages, hub_id, error=error, values=values)


async def _desk(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    hub_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    view = await desk.desk(session, request.user, hub_id, pages.language_of(request))
    return pages.respond(
        request,
        "applications/matching.html",
        status_code=error.status if error else 200,
        zone=view.hub.timezone,
        notices=[Notice(SAID[done])] if done in SAID else [],
        view=view,
        values=values or {},
        stale=isinstance(error, MatchingStale),
        **wrong(error, pages.language_of(request), whole=True),
    )


router = Router(
    path="/",
    route_handlers=[hubs_page, matching_page, change_matching, edit_matching, assign_team, change_cap],
    include_in_schema=False,
)
