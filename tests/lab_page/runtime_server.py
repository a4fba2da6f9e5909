"""The browser's Python with an operator's folder, on a port of its own, under a page that is isolated."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar import Litestar, Response, get
from litestar.datastructures import State

from darsgah.access import public
from darsgah.ui.browser_runtime import BrowserRuntime, runtime_file
from darsgah.ui.static_files import StaticFiles, static_file
from darsgah.workspaces.pages import HEADERS
from tests.journeys.demo_site import free_port


@get("/", guards=[public])
async def empty_page() -> Response[str]:
    """A page with the lab page's own headers and nothing on it."""
    return Response("<!doctype html><title>Lab</title>", media_type="text/html", headers=HEADERS)


@contextmanager
def served_runtime(runtime: BrowserRuntime) -> Iterator[str]:
    """Its address, while the block lasts."""
    app = Litestar(
        [empty_page, runtime_file, static_file],
        state=State({"browser_runtime": runtime, "static_files": StaticFiles()}),
        openapi_config=None,
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
