"""Every page says whose it is, so that what a browser keeps of it is never shown to anybody else.

The service worker (``labs/lab-page/service_worker.ts``) reads it: a page of another account, or of nobody,
means that the one before has gone, and what was kept for them goes too.
"""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from darsgah.access import Actor
from darsgah.ui.account_key import ACCOUNT_HEADER, NOBODY, account_key


class PageOwner(ASGIMiddleware):
    """Add the header to every page of a request whose session was looked at.

    Args:
        key: the platform's own, from which accounts are named.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, key: str) -> None:
        self.key = key

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, and name the owner of the page that comes back."""

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start" and "user" in scope:
                headers = MutableScopeHeaders.from_message(message)
                if headers.get("content-type", "").startswith("text/html"):
                    actor: Actor | None = scope["user"]
                    headers[ACCOUNT_HEADER] = account_key(self.key, actor.account_id) if actor else NOBODY
            await send(message)

        await next_app(scope, receive, named)
