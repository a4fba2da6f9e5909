"""What no page, frame or worker may do in any test: seen as it happens, told when the test ends.

A handler of Playwright's runs between two of its messages: what it raises breaks the connection and hides the
reason. So handlers only note.
"""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebSocket

from tests.journeys.demo_site import Site

REFUSED_BY_POLICY = re.compile(r"violates the following Content Security Policy directive \W+(?!style-src)")
"""What a browser says then. Refused styles are not noted: Chromium's own editing of text makes some, and so
does HTML that a program printed, in a document that nobody sees, before it is cleaned."""


def watch(context: BrowserContext, site: Site) -> None:
    """Note on the site what a browser's pages and workers ask of another host, and every script error.

    The requests of web workers and of the service worker are the context's as well.
    """
    at_home = (f"{site.url}/", "data:", "blob:")
    socket_at_home = f"{site.url.replace('http', 'ws', 1)}/"

    def asked(request: Request) -> None:
        if not request.url.startswith(at_home):
            site.note(f"another host was asked for: {request.url}")

    def connected(socket: WebSocket) -> None:
        if not socket.url.startswith(socket_at_home):
            site.note(f"another host was connected to: {socket.url}")

    def opened(page: Page) -> None:
        page.on("websocket", connected)

    context.on("request", asked)
    context.on("page", opened)
    context.on("weberror", lambda error: site.note(f"script error: {error.error}"))


def watch_answers(context: BrowserContext, site: Site) -> None:
    """Note as well what a page asks for by itself and does not get: it is missing, or the policy refuses it.

    What a person asks for may be missing.
    """

    def answered(response: Response) -> None:
        if response.status == 404 and response.request.resource_type != "document":
            site.note(f"a page asked for what is not there: {response.url}")

    def said(message: ConsoleMessage) -> None:
        if REFUSED_BY_POLICY.search(message.text):
            site.note(f"the policy refused at {message.location['url']}: {message.text}")

    context.on("response", answered)
    context.on("console", said)
