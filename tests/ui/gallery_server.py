"""The gallery behind a real server, with the real static files and headers.

    python -m tests.ui.gallery_server FOLDER

saves every page at three widths, light and dark, in both languages, for people to look at.
"""

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage
from playwright.sync_api import Browser, sync_playwright

from darsgah.access import public
from darsgah.ui.headers import SecurityHeaders, compression
from darsgah.ui.language import Languages
from darsgah.ui.static_files import StaticFiles, static_file
from darsgah.ui.templating import Pages
from tests.ui.gallery import PICTURES, picture_html

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 768, 1280)
_graded = threading.Event()
"""Set by the event stream when the gallery's queued submission is graded."""


@get("/gallery/{language:str}/{name:str}", guards=[public], sync_to_thread=False)
def gallery_page(language: FromPath[str], name: FromPath[str], state: State) -> Response[str]:
    """One page; the queued submission turns into a graded one once its stream has said so."""
    shown = "result" if name == "result-queued" and _graded.is_set() else name
    return Response(picture_html(state.pages, shown, language), media_type=MediaType.HTML)


@get("/submissions/{identifier:str}/events", guards=[public])
async def events(identifier: FromPath[str]) -> ServerSentEvent:
    """What the platform's own stream says, in its order."""

    async def stream() -> AsyncIterator[ServerSentEventMessage]:
        yield ServerSentEventMessage(event="status", data='<p class="live-state">Being graded now</p>')
        await asyncio.sleep(0.3)
        _graded.set()
        yield ServerSentEventMessage(event="done", data="")
        await asyncio.sleep(5)

    return ServerSentEvent(stream())


@contextmanager
def served_gallery() -> Iterator[str]:
    """Serve the gallery on a free port; gives its address."""
    static_files = StaticFiles()
    _graded.clear()
    app = Litestar(
        [gallery_page, events, static_file],
        state=State({"static_files": static_files, "pages": Pages(static_files, Languages.load())}),
        middleware=[SecurityHeaders(https=False)],
        compression_config=compression(),
        openapi_config=None,
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the server waits a moment
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def save_pictures(folder: Path) -> None:
    """A picture of every page in every shape."""
    folder.mkdir(parents=True, exist_ok=True)
    with served_gallery() as address, chromium() as browser:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                for language in ("en", "ur"):
                    for name in PICTURES:
                        page.goto(f"{address}/gallery/{language}/{name}")
                        page.evaluate("document.fonts.ready")
                        page.screenshot(
                            path=folder / f"{name}-{width}-{scheme}-{language}.png", full_page=True
                        )
                page.close()


if __name__ == "__main__":
    save_pictures(Path(sys.argv[1]))
