"""Where a session's token travels: in a cookie of a browser, or in the Authorization header of a program."""

from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

SESSION_COOKIE = "darsgah_session"


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of the Authorization header, or None when there is none (RFC 6750)."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def session_cookie(token: str, *, lifetime: timedelta, secure: bool) -> Cookie:
    """The cookie that keeps a browser signed in; scripts cannot read it and other sites cannot send it."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )
