"""What surrounds every answer: security headers and compression, set in one place.

The content policy allows this origin's own files and nothing inline, so text that slipped past every
escaping would still not run. A route that needs another policy (the lab in the browser) sets its own
header, and that one stays.
"""

from collections.abc import Mapping

from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_policy(changes: Mapping[str, str] | None = None) -> str:
    """The content policy, with some directives replaced or added."""
    return "; ".join(f"{name} {sources}" for name, sources in (POLICY | dict(changes or {})).items())


CONTENT_POLICY = content_policy()
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TRANSPORT = "max-age=31536000; includeSubDomains"


class SecurityHeaders(ASGIMiddleware):
    """Add the headers to every answer that does not bring its own.

    Args:
        https: the platform is reached over https alone, so browsers may insist on it from now on.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, https: bool) -> None:
        self.headers = HEADERS | ({"Strict-Transport-Security": TRANSPORT} if https else {})

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on and complete the answer's headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableScopeHeaders.from_message(message)
                for name, value in self.headers.items():
                    present.setdefault(name, value)
            await send(message)

        await next_app(scope, receive, complete)


def compression() -> CompressionConfig:
    """Pages and JSON are packed; what is served from files is already, and event streams must not wait."""
    return CompressionConfig(
        backend="gzip",
        minimum_size=600,
        gzip_compress_level=6,
        exclude=[r"^/static/", r"^/runtime/", r"^/full-notebook/(?!notebooks/)", r"/events$"],
    )
