"""Notices as a page."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.notices import service
from darsgah.ui.templating import Pages


@get("/notices", guards=[signed_in])
async def notices_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """What the reader was told, newest first."""
    view = await service.notices(session, request.user, pages.language_of(request), after)
    return pages.respond(request, "notices/notices.html", view=view, paged=after is not None)


@get("/notices/{notice_id:uuid}", guards=[signed_in])
async def open_notice(
    notice_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Go to what a notice is about; it counts as read from then on."""
    return Redirect(await service.opened(session, request.user, notice_id), status_code=303)


@post("/notices/read", guards=[signed_in])
async def read_all(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> Redirect:
    """Count all as read."""
    await service.mark_read(session, request.user, None)
    return Redirect("/notices", status_code=303)


router = Router(path="/", route_handlers=[notices_page, open_notice, read_all], include_in_schema=False)
