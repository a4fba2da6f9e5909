"""The enrolments slice as pages: what is read between the labs of a course."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.enrolments import service
from darsgah.ui.templating import Pages


@get("/cohorts/{cohort_id:uuid}/pages/{page_id:uuid}", guards=[signed_in])
async def course_page(
    cohort_id: FromPath[UUID],
    page_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A page of a cohort's course, in the reader's language where it is written in it."""
    view = await service.course_page(session, request.user, cohort_id, page_id)
    urdu = pages.language_of(request).code == "ur" and bool(view.page.body_ur)
    return pages.respond(
        request,
        "enrolments/course_page.html",
        zone=view.cohort.timezone,
        cohort=view.cohort,
        module=view.module,
        shown=view.page,
        text=view.page.body_ur if urdu else view.page.body,
        text_language="ur" if urdu else "en",
        before=view.before,
        after=view.after,
    )


router = Router(path="/", route_handlers=[course_page], include_in_schema=False)
