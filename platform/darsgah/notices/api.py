"""Notices as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.notices import service
from darsgah.notices.schemas import NoticePage, ReadNotices
from darsgah.ui.templating import Pages


@get("/notices", guards=[signed_in])
async def list_notices(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> NoticePage:
    """What you were told, newest first, 50 at a time, in your language."""
    return await service.notices(session, request.user, pages.language_of(request), after)


@post("/notices/read", guards=[signed_in], status_code=204)
async def read_notices(
    data: JSONBody[ReadNotices], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> None:
    """Say which of your notices you have read; without ``ids`` all."""
    await service.mark_read(session, request.user, data.ids)


router = Router(path="/", route_handlers=[list_notices, read_notices], tags=["notices"])
