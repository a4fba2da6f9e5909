"""HEAD wherever GET is answered (RFC 9110, 9.3.2): the same status and headers without the content.

Monitors and link checkers ask so, and the router knows only what each route names.
"""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import (
    ASGIApp,
    HTTPDisconnectEvent,
    Message,
    Receive,
    ReceiveMessage,
    Scope,
    Send,
)


class HeadRequests(ASGIMiddleware):
    """Ask the routes for GET, and send the beginning of the answer alone."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on; whoever is around this still sees that it was HEAD."""
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await next_app(scope, receive, send)
            return
        answered = False

        async def begin(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                answered = True

        async def until_answered() -> ReceiveMessage:
            if answered:  # so that a stream of events ends, which nobody reads
                return HTTPDisconnectEvent(type="http.disconnect")
            return await receive()

        scope["method"] = "GET"
        try:
            await next_app(scope, until_answered, begin)
        finally:
            scope["method"] = "HEAD"
