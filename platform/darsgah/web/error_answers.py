"""How errors are answered: problem details (RFC 9457) for programs, a page for people.

Whatever is not one of our own errors and not one of the framework's is a fault of ours: it is logged with its
traceback and answered as a 500 that shows nothing of it.
"""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    ValidationException,
)
from litestar.params import ParameterKwarg
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from darsgah.errors import DarsgahError, Forbidden, MalformedInput, NotFound, TooLarge
from darsgah.ui.language import Language, explain, translate
from darsgah.web.readable_request import Unreadable
from darsgah.web.sent_once import SentBefore

logger = structlog.get_logger("darsgah.web")


class MethodNotAllowed(DarsgahError):  # noqa: N818 - says what is wrong
    """This address does not take that kind of request."""

    status = 405
    code = "method_not_allowed"


class SenderGone(DarsgahError):  # noqa: N818 - says what happened
    """The connection ended before all of it was sent. Nothing was kept: send it again."""

    status = 400
    code = "sender_gone"


_GONE = "client disconnected prematurely"
"""What the framework says of such a request, by nothing else to be told from a fault of its own."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not done (RFC 9457).

    ``fields`` maps a field's name to what is wrong with it; ``version`` is the one that is there now, where
    somebody else has changed what was to be changed.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str = ""
    retry_after: int | None = None
    version: int | None = None
    fields: dict[str, str] = {}


def _labelled(request: Request[Any, Any, Any], error: Exception) -> DarsgahError:
    """Our error for one of the framework's."""
    if isinstance(error, DarsgahError):
        return error
    if isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        # What the request's transaction raised while it ended, as the framework hands it on.
        return _labelled(request, error.exceptions[0])
    if isinstance(error, InternalServerException) and error.detail == _GONE:
        return SenderGone()
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _of_the_framework(request, error)
    return DarsgahError()


def _of_the_framework(request: Request[Any, Any, Any], error: HTTPException) -> DarsgahError:
    if isinstance(error, ValidationException):
        extra = error.extra if isinstance(error.extra, list) else []
        fields = {
            _sent_name(request, str(item.get("key", ""))): str(item.get("message", ""))
            for item in extra
            if item
        }
        return MalformedInput(fields=fields)
    by_status = {403: Forbidden, 404: NotFound, 405: MethodNotAllowed, 413: TooLarge}
    return by_status.get(error.status_code, Unreadable)()


def _sent_name(request: Request[Any, Any, Any], key: str) -> str:
    """What whoever asks calls a parameter: the framework names the handler's own argument."""
    parameter = request.route_handler.parsed_fn_signature.parameters.get(key)
    definition = parameter.kwarg_definition if parameter else None
    return (definition.name if isinstance(definition, ParameterKwarg) else None) or key


def _wants_problem(request: Request[Any, Any, Any]) -> bool:
    return request.scope["path"].startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to an error, in the form and language of whoever asked."""
    labelled = _labelled(request, error)
    if labelled.status >= 500:
        expected = type(labelled) is not DarsgahError
        logger.error("request_failed", error=str(error), exc_info=None if expected else error)
    pages = request.app.state.pages
    if not _wants_problem(request):
        answer: Response[Any] = pages.error(request, labelled)
    else:
        answer = _problem(request, labelled, pages.language_of(request))
    if labelled.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _problem(request: Request[Any, Any, Any], error: DarsgahError, language: Language) -> Response[Problem]:
    problem = Problem(
        type=f"urn:darsgah:problem:{error.code}",
        title=error.title,
        status=error.status,
        detail=explain(error, language),
        code=str(error.details.get("reason", error.code)),
        request_id=request.scope["state"].get("request_id", ""),
        retry_after=error.details.get("retry_after"),
        version=error.details.get("version"),
        fields={name: translate(text, language) for name, text in error.details.get("fields", {}).items()},
    )
    return Response(
        problem,
        status_code=error.status,
        media_type="application/problem+json",
        headers=error.headers,
    )


def answer_again(_: Request[Any, Any, Any], error: SentBefore) -> Redirect:
    """What answered a form before."""
    return Redirect(error.location, status_code=303)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    SentBefore: answer_again,
    DarsgahError: answer_error,
    HTTPException: answer_error,
    Exception: answer_error,
}
