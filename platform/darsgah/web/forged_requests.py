"""Protection from requests that another site makes a signed-in browser send (CSRF).

Litestar's double-submit cookie does the work. A program that sends its session in the Authorization header is
let through: no site can make a browser send that header.
"""

from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send

from darsgah.accounts.tokens import bearer_token
from darsgah.errors import Forbidden, NotSignedIn

API = "/api/"


class FormExpired(Forbidden):
    """This form has expired, and nothing was recorded. Reload the page and send it again."""

    code = "form_expired"


class RequestNotProven(Forbidden):
    """A cookie alone changes nothing: send x-csrf-token as well, or the session as Authorization: Bearer."""

    code = "request_not_proven"


class ForgedRequests(CSRFMiddleware):
    """Refuse every changing request that comes with a cookie alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request unless it carries its session in the Authorization header.

        Raises:
            FormExpired: the page's form is not, or no longer, this browser's.
            NotSignedIn: a program sent no session at all.
            RequestNotProven: a script sent its session in the cookie alone.
        """
        if scope["type"] == ScopeType.HTTP and bearer_token(ASGIConnection(scope)):
            await self.app(scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send)
        except PermissionDeniedException as error:
            if not scope["path"].startswith(API):
                raise FormExpired from error
            raise (RequestNotProven if scope["user"] else NotSignedIn) from error

    def _csrf_tokens_match(self, request_csrf_token: object, cookie_csrf_token: str) -> bool:
        """As Litestar compares them; it fails on a token that is no text, such as an uploaded file."""
        return isinstance(request_csrf_token, str) and super()._csrf_tokens_match(
            request_csrf_token, cookie_csrf_token
        )


def csrf_config(secret: str, *, secure: bool) -> CSRFConfig:
    """Cookie and field names; a route opts out with ``exclude_from_csrf=True`` and says why."""
    return CSRFConfig(
        secret=secret,
        cookie_name="darsgah_csrf",
        header_name="x-csrf-token",
        cookie_secure=secure,
        cookie_httponly=True,
        cookie_samesite="lax",
    )
