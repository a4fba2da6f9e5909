"""Checking a credential as a page, for anybody, and how to do it without this platform."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import public
from darsgah.credentials.carriers import LARGEST
from darsgah.credentials.findings import WORDS
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.shown import CREDENTIAL, STATUS_LIST, UPLOAD_BYTES, pasted, shown_in
from darsgah.credentials.verification import Verdict, verify
from darsgah.errors import DarsgahError, MalformedInput, TooLarge
from darsgah.settings import Settings
from darsgah.ui.templating import Pages


@get("/verify", guards=[public])
async def verify_page(request: Request[Any, Any, Any], pages: NamedDependency[Pages]) -> Response[str]:
    """Where anybody pastes or chooses a credential to check."""
    return _page(request, pages, {}, None)


@post("/verify", guards=[public], status_code=200, request_max_body_size=UPLOAD_BYTES)
async def verify_what_was_sent(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What the check found, with what was pasted still there."""
    form = await request.form()
    kept = {name: pasted(form, name) for name in (CREDENTIAL, STATUS_LIST)}
    try:
        shown = await shown_in(form)
    except (MalformedInput, TooLarge) as error:
        return _page(request, pages, kept, None, error)
    verdict = await verify(session, Issuing.of(settings).addresses, shown.token, shown.kept_list)
    return _page(request, pages, kept, verdict)


def _page(
    request: Request[Any, Any, Any],
    pages: Pages,
    kept: dict[str, str],
    verdict: Verdict | None,
    error: DarsgahError | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "credentials/verify.html",
        status_code=error.status if error else 200,
        kept=kept,
        verdict=verdict,
        words=WORDS[verdict.finding] if verdict else None,
        errors=error.details.get("fields", {}) if error else {},
        limit=LARGEST,
    )


@get("/verify/offline", guards=[public])
async def offline_page(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], pages: NamedDependency[Pages]
) -> Response[str]:
    """How to check a credential with common tools, without asking this platform again."""
    return pages.respond(request, "credentials/offline.html", origin=settings.site)


router = Router(
    path="/", route_handlers=[verify_page, verify_what_was_sent, offline_page], include_in_schema=False
)
