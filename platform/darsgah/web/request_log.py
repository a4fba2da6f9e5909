"""A request id for every request, in its answer and on every log line about it."""

import re
import time
from uuid import uuid4

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What is believed of an id that a proxy gave; anything else is replaced."""

logger = structlog.get_logger("darsgah.web")


class RequestLog(ASGIMiddleware):
    """Name each request and log how it ended; bodies, queries and names of people are never logged."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, and log method, path, status, milliseconds and account."""
        given = Headers.from_scope(scope).get(HEADER, "")
        request_id = given if GIVEN.fullmatch(given) else uuid4().hex
        scope["state"]["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await next_app(scope, receive, note)
            finally:
                user = scope.get("user")
                logger.info(
                    "request",
                    method=scope["method"],  # type: ignore[typeddict-item] # only HTTP comes here
                    path=scope["path"],
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                    account=str(user.account_id) if user else None,
                )
