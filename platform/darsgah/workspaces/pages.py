"""The lab page: where a learner works on a lab in the browser."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.enrolments.schemas import Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import NotFound
from darsgah.settings import Settings
from darsgah.submissions import service as submissions
from darsgah.ui.browser_runtime import BrowserRuntime
from darsgah.ui.headers import content_policy
from darsgah.ui.static_files import MissingAssetError, StaticFiles
from darsgah.ui.templating import Pages
from darsgah.workspaces import service
from darsgah.workspaces.full_notebook_page import full_notebook_url
from darsgah.workspaces.page_data import Runtime, embedded, lab_data, refusal

SCRIPT, STYLE = "vendor/lab/page.js", "lab.css"

HEADERS = {
    "Content-Security-Policy": content_policy(
        {
            "script-src": "'self' 'wasm-unsafe-eval'",
            "worker-src": "'self'",
            "frame-src": "'self'",
            "img-src": "'self' data: blob:",
        }
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""WebAssembly may be compiled and workers started, from this origin alone; with both policies about other
origins a browser lends memory that page and worker share, which stops a running cell and answers input()."""


@get("/assignments/{assignment_id:uuid}/lab", guards=[signed_in])
async def lab_page(
    *,
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
    notebook: FromQuery[str] = "",
) -> Response[str]:
    """The lab in the browser; ``notebook`` is the name of one of its notebooks, the first without it."""
    await service.learners_assignment(session, request.user, assignment_id)
    page = await submissions.assignment_page(session, request.user, assignment_id)
    if page.assignment.window is Window.NOT_OPEN:
        raise LabNotOpen
    names = [file.name for file in page.assignment.lab.notebooks]
    shown = notebook or names[0]
    if shown not in names:
        raise NotFound
    language = pages.language_of(request)
    data = lab_data(
        page,
        shown,
        request.user,
        language=language,
        key=settings.cookie_key,
        csrf_token=pages.context(request).csrf_token,
        runtime=_runtime(request),
        full_notebook_url=full_notebook_url(page.assignment, shown, request.app.state.full_notebook),
    )
    static_files: StaticFiles = request.app.state.static_files
    return pages.respond(
        request,
        "workspaces/lab_page.html",
        headers=HEADERS,
        zone=page.cohort.timezone,
        cohort=page.cohort,
        assignment=page.assignment,
        attempts=page.attempts,
        refusal=refusal(page, language),
        shown=shown,
        data=data,
        embedded=embedded(data),
        script=static_files.url(SCRIPT) if SCRIPT in static_files else "",
        style=static_files.url(STYLE) if STYLE in static_files else "",
    )


def _runtime(request: Request[Actor, str, Any]) -> Runtime:
    runtime: BrowserRuntime = request.app.state.browser_runtime
    try:
        return Runtime(runtime.runtime_url, runtime.worker_url)
    except MissingAssetError:
        return Runtime("", "")


router = Router(path="/", route_handlers=[lab_page], include_in_schema=False)
