"""That the watch over every journey sees what it must: a page, its workers and its service worker."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import ClassVar

import pytest
from playwright.sync_api import Browser

from tests.journeys.demo_site import Site
from tests.journeys.watching import watch, watch_answers

pytestmark = pytest.mark.journey

ELSEWHERE = "http://localhost:9"
ASK = "fetch('{}/{}', {{ mode: 'no-cors' }}).catch(() => 0)"
FORBIDDEN = ("/page", "/worker", "/service", "/socket", "/missing", "broken", "policy refused at")
"""A word of each trouble that the page makes."""
PAGE = f"""<!doctype html><script>
{ASK.format(ELSEWHERE, "page")};
new Worker('/worker.js');
navigator.serviceWorker.register('/service.js');
try {{ new WebSocket('{ELSEWHERE.replace("http", "ws")}/socket'); }} catch {{}}
fetch('/missing').then(() => {{ throw new Error('broken'); }});
</script>"""


class _Harmful(http.server.BaseHTTPRequestHandler):
    """A page that does all that is not allowed."""

    answers: ClassVar = {
        "/": ("text/html", PAGE),
        "/worker.js": ("text/javascript", ASK.format(ELSEWHERE, "worker")),
        "/service.js": ("text/javascript", ASK.format(ELSEWHERE, "service")),
        "/strict": ("text/html", "<p>strict</p><script>window.ran = 1</script>"),
    }

    def do_GET(self) -> None:
        kind, text = self.answers.get(self.path, ("text/plain", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        if self.path == "/strict":
            self.send_header("Content-Security-Policy", "script-src 'self'")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Nothing is printed."""


@pytest.fixture
def harmful() -> Iterator[Site]:
    """A site that is not ours."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Harmful) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Popen(["true"]) as ended:
            yield Site(f"http://127.0.0.1:{server.server_address[1]}", Path(), Path(), ended)
        server.shutdown()


def test_everything_forbidden_is_seen(browser: Browser, harmful: Site) -> None:
    context = browser.new_context()
    watch(context, harmful)
    watch_answers(context, harmful)
    page = context.new_page()
    page.goto(harmful.url)
    page.goto(f"{harmful.url}/strict")
    page.goto(harmful.url)
    missed, told = set(FORBIDDEN), ""
    for _ in range(300):
        told += "\n".join(harmful.troubles())
        missed = {word for word in FORBIDDEN if word not in told}
        if not missed:
            break
        page.wait_for_timeout(100)
    context.close()
    assert not missed, told
