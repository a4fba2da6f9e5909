"""A project's GPU hours as a page."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.errors import DarsgahError
from darsgah.projects import gpu, service
from darsgah.projects.gpu import MadeToken, NewToken
from darsgah.projects.pages import ROOM
from darsgah.projects.wording import LEASES
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.templating import Pages


@get(f"{ROOM}/gpu", guards=[signed_in])
async def gpu_page(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What a project has of GPU hours, what took them, and the tokens of its machines."""
    return await _page(request, session, settings, pages, project_id)


@post(f"{ROOM}/gpu-tokens", guards=[signed_in], status_code=200)
async def make_token(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Make a token and show it: there is no second time."""
    values = await typed(request)
    try:
        new = read_form(values, NewToken)
        made = await attempt(session, gpu.make_token(session, request.user, project_id, new))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _page(request, session, settings, pages, project_id, refusal=refusal)
    return await _page(request, session, settings, pages, project_id, made=made)


@post(f"{ROOM}/gpu-tokens/{{token_id:uuid}}/delete", guards=[signed_in])
async def withdraw_token(
    project_id: FromPath[UUID],
    token_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Withdraw a token."""
    await gpu.withdraw_token(session, request.user, project_id, token_id)
    return Redirect(f"/projects/{project_id}/gpu", status_code=303)


@post(f"{ROOM}/gpu-leases/{{lease_id:uuid}}/stop", guards=[signed_in])
async def stop_lease(
    project_id: FromPath[UUID],
    lease_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """End GPU work that runs."""
    await gpu.stop(session, request.user, project_id, lease_id)
    return Redirect(f"/projects/{project_id}/gpu", status_code=303)


async def _page(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    settings: Settings,
    pages: Pages,
    project_id: UUID,
    *,
    made: MadeToken | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    room = await service.room_view(session, request.user, project_id)
    return pages.respond(
        request,
        "projects/gpu.html",
        status_code=refusal.status if refusal else 200,
        zone=room.timezone,
        room=room,
        view=await gpu.page(session, request.user, project_id),
        made=made,
        address=settings.site,
        endings=LEASES,
        form=refusal or Refusal(),
    )


router = Router(
    path="/", route_handlers=[gpu_page, make_token, withdraw_token, stop_lease], include_in_schema=False
)
