"""The service worker's script, and the page that it shows where there is no link and nothing was kept.

The script answers for the whole site, so it lies at its top; browsers ask for it again at each visit and take
a new release in at once. What it does is said in ``labs/lab-page/service_worker.ts``.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from darsgah.access import public
from darsgah.errors import NotFound
from darsgah.ui.static_files import StaticFiles
from darsgah.ui.templating import Pages

SCRIPT = "vendor/lab/service_worker.js"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    # A worker that serves isolated pages is isolated itself.
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-cache",
}


@get("/service-worker.js", guards=[public], include_in_schema=False, sync_to_thread=False)
def service_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The script; packed by the compression of pages."""
    static_files: StaticFiles = request.app.state.static_files
    if SCRIPT not in static_files:
        raise NotFound
    file = static_files.find(static_files.url(SCRIPT).removeprefix("/static/"))
    return Response(file.content, media_type="text/javascript", headers=HEADERS)


@get("/offline", guards=[public], include_in_schema=False, sync_to_thread=False)
def offline(request: Request[Any, Any, Any], pages: NamedDependency[Pages]) -> Response[str]:
    """What the service worker shows without a link, and the note that it sets above pages of before."""
    return pages.respond(request, "ui/offline.html")
