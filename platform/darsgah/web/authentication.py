"""Who asks: a session's token in the cookie of a browser or in the Authorization header of a program."""

from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.accounts.tokens import SESSION_COOKIE, bearer_token
from darsgah.db.session import Database
from darsgah.errors import NotSignedIn
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices

UNAUTHENTICATED = ("/static/", "/healthz", "/readyz", "/metrics", "/api/v1/tutor/nodes")
"""Paths that never ask who somebody is: everybody's, and those whose bearer token is no session's."""


class SessionOver(NotSignedIn):
    """This session is over: sign in again."""

    code = "session_over"


class Authentication(ASGIMiddleware):
    """Put the person into ``scope["user"]`` (or None), the session's token into ``scope["auth"]``."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    def __init__(self, *, lifetime: timedelta) -> None:
        """``lifetime`` is how long a session lasts after its last use."""
        self.lifetime = lifetime

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on with the person in it.

        Raises:
            SessionOver: a program sent a token that is not, or no longer, a session's.
        """
        scope["user"], scope["auth"] = None, None
        if not scope["path"].startswith(UNAUTHENTICATED):
            connection = ASGIConnection[Any, Any, Any, Any](scope)
            bearer = bearer_token(connection)
            token = bearer or connection.cookies.get(SESSION_COOKIE)
            if token:
                counted = not bearer and not scope["path"].startswith("/api/")
                actor = await self._actor(connection.app.state.database, token, counted=counted)
                if actor is not None:
                    scope["user"], scope["auth"] = actor, token
                elif bearer:
                    raise SessionOver
        await next_app(scope, receive, send)

    async def _actor(self, database: Database, token: str, *, counted: bool) -> Actor | None:
        async with database.begin() as session:
            account = await accounts.resume(session, token, self.lifetime)
            if account is None:
                return None
            grants = await hubs.grants(session, account.id)
            unread = await notices.unread(session, account.id) if counted else 0
        return Actor(
            account_id=account.id,
            display_name=account.display_name,
            language=account.language,
            grants=grants,
            unread=unread,
        )
