"""The lab_checks slice as pages: the labs that one teaches, and the report on each."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.lab_checks import service
from darsgah.lab_checks.guards import staff
from darsgah.lab_checks.wording import WORDS
from darsgah.ui.templating import Pages


@get("/teach/labs", guards=[staff])
async def labs_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[str]:
    """The labs that one's cohorts work on, with how each stands."""
    lines = await service.taught_labs(session, request.user)
    return pages.respond(request, "lab_checks/labs.html", lines=lines)


@get("/teach/labs/{lab_version_id:uuid}", guards=[staff])
async def lab_report_page(
    lab_version_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The report on a lab version: five checks, questions, surviving mutants."""
    view = await service.check_of(session, request.user, lab_version_id)
    return pages.respond(
        request,
        "lab_checks/report.html",
        lab=view.lab,
        check=view.check,
        report=view.report,
        under_way=view.under_way,
        may_ask=request.user.holds(*service.MAY_ASK),
        words=WORDS,
    )


@post("/teach/labs/{lab_version_id:uuid}/check", guards=[staff])
async def check_again(
    lab_version_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Have the version checked again; the page says that it is under way."""
    await service.check_again(session, request.user, lab_version_id)
    return Redirect(f"/teach/labs/{lab_version_id}", status_code=303)


router = Router(path="/", route_handlers=[labs_page, lab_report_page, check_again], include_in_schema=False)
