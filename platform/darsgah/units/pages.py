"""Units as pages for who is judged by them: what one holds, what is missing, and what one unit asks for."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.ui.templating import Pages
from darsgah.units import service


@get("/units", guards=[signed_in])
async def own_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[str] = "",
) -> Response[str]:
    """What one holds, and the other units with the labs that are missing."""
    held = await service.units(session, request.user, held=True)
    others = await service.units(session, request.user, held=False, after=after)
    return pages.respond(request, "units/own.html", held=held, others=others, paged=bool(after))


@get("/units/{unit:str}", guards=[signed_in])
async def unit_page(
    unit: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """One unit: what it asks for, one's evidence, and how one was judged."""
    view = await service.unit(session, request.user, unit)
    history = await service.own_history(session, request.user, unit)
    return pages.respond(request, "units/unit.html", view=view, history=history.assessments)


router = Router(path="/", route_handlers=[own_page, unit_page], include_in_schema=False)
