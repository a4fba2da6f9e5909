"""Kernels as pages for administrators."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from darsgah.access import Actor
from darsgah.kernels import service
from darsgah.kernels.api import administrators
from darsgah.settings import Settings
from darsgah.ui.templating import Pages


@get("/hub/kernels", guards=[administrators])
async def kernels_page(
    request: Request[Actor, str, Any], settings: NamedDependency[Settings], pages: NamedDependency[Pages]
) -> Response[str]:
    """Who has a kernel and what it uses, in the hubs of an administrator."""
    view = await service.kernels(settings, request.user)
    return pages.respond(request, "kernels/kernels.html", view=view)


@post("/hub/kernels/{learner_id:uuid}/{assignment_id:uuid}/stop", guards=[administrators])
async def stop_kernel(
    learner_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    settings: NamedDependency[Settings],
) -> Redirect:
    """End a learner's kernel, and show the others."""
    await service.stop(settings, request.user, learner_id, assignment_id)
    return Redirect("/hub/kernels", status_code=303)


router = Router(path="/", route_handlers=[kernels_page, stop_kernel], include_in_schema=False)
