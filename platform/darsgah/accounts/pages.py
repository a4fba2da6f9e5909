"""The accounts slice as pages: home, sign-in, settings and the language switch."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.accounts import service
from darsgah.accounts.schemas import PasswordChange, ProfileChange, SignIn
from darsgah.accounts.service import SignInPolicy
from darsgah.accounts.tokens import session_cookie
from darsgah.client_address import client_address
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.settings import Settings
from darsgah.ui.form_data import local_path, read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import COOKIE, COOKIE_SECONDS, Languages, Message
from darsgah.ui.templating import Notice, Pages

START = "/today"


@get("/", guards=[public])
async def home(
    request: Request[Actor | None, str | None, Any], pages: NamedDependency[Pages]
) -> Response[Any]:
    """What this is, for who is signed out; everyone else goes to their day."""
    return Redirect(START) if request.user else pages.respond(request, "accounts/home.html")


@get("/sign-in", guards=[public])
async def sign_in_page(
    request: Request[Actor | None, str | None, Any],
    pages: NamedDependency[Pages],
    next: FromQuery[str] = "",  # noqa: A002 - the query's own name
) -> Response[Any]:
    """The sign-in form; who is signed in goes on."""
    target = local_path(next, "")
    if request.user:
        return Redirect(target or START)
    return _sign_in_form(request, pages, {"email": ""}, target)


def _sign_in_form(
    request: Request[Any, Any, Any],
    pages: Pages,
    values: Mapping[str, str],
    target: str,
    error: DarsgahError | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "accounts/sign_in.html",
        status_code=error.status if error else 200,
        headers=error.headers if error else None,
        values=values,
        **wrong(error, pages.language_of(request)),
        next=target,
    )


@post("/sign-in", guards=[public])
async def sign_in(
    request: Request[Actor | None, str | None, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Start a session in this browser."""
    form = await request.form()
    target = local_path(form.get("next"), "")
    policy = SignInPolicy.of(settings)
    try:
        started = await service.sign_in(
            database,
            read_form(form, SignIn),
            address=client_address(request, settings.trusted_proxies),
            policy=policy,
        )
    except DarsgahError as error:
        return _sign_in_form(request, pages, {"email": str(form.get("email", ""))}, target, error)
    cookie = session_cookie(started.token, lifetime=policy.lifetime, secure=settings.secure_cookies)
    return Redirect(target or START, status_code=303, cookies=[cookie])


@post("/sign-out", guards=[public])
async def sign_out(
    request: Request[Actor | None, str | None, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """End the session of this browser; signing out twice is no error."""
    if request.auth:
        await service.sign_out(session, request.auth)
    ended = session_cookie("", lifetime=timedelta(0), secure=False)
    return Redirect("/", status_code=303, cookies=[ended])


@get("/settings", guards=[signed_in])
async def settings_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    saved: FromQuery[str] = "",
) -> Response[str]:
    """Name, language and password."""
    done = {"profile": Message("Saved."), "password": Message("Your password has been changed.")}
    return await _settings_form(
        request, session, pages, notices=[Notice(done[saved])] if saved in done else []
    )


async def _settings_form(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    notices: list[Notice] | None = None,
    profile_error: MalformedInput | None = None,
    password_error: MalformedInput | None = None,
) -> Response[str]:
    error = profile_error or password_error
    return pages.respond(
        request,
        "accounts/settings.html",
        status_code=error.status if error else 200,
        notices=notices or [],
        account=await service.profile(session, request.user.account_id),
        profile_errors=profile_error.details.get("fields", {}) if profile_error else {},
        password_errors=password_error.details.get("fields", {}) if password_error else {},
    )


@post("/settings/profile", guards=[signed_in])
async def change_profile(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Save name and language."""
    try:
        form = read_form(await request.form(), ProfileChange)
        await service.change_profile(session, request.user.account_id, form)
    except MalformedInput as error:
        return await _settings_form(request, session, pages, profile_error=error)
    return Redirect("/settings?saved=profile", status_code=303)


@post("/settings/password", guards=[signed_in])
async def change_password(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Change the password."""
    try:
        form = read_form(await request.form(), PasswordChange)
        await service.change_password(session, request.user.account_id, form, token=request.auth)
    except MalformedInput as error:
        return await _settings_form(request, session, pages, password_error=error)
    return Redirect("/settings?saved=password", status_code=303)


@post("/language", guards=[public])
async def change_language(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    languages: NamedDependency[Languages],
) -> Redirect:
    """Show everything in another language from now on."""
    form = await request.form()
    answer = Redirect(local_path(form.get("next"), "/"), status_code=303)
    code = form.get("language")
    if isinstance(code, str) and code in languages:
        if request.user:
            await service.change_language(session, request.user.account_id, code)
        answer.set_cookie(
            Cookie(
                key=COOKIE, value=code, max_age=COOKIE_SECONDS, secure=settings.secure_cookies, samesite="lax"
            )
        )
    return answer


router = Router(
    path="/",
    route_handlers=[
        home,
        sign_in_page,
        sign_in,
        sign_out,
        settings_page,
        change_profile,
        change_password,
        change_language,
    ],
    include_in_schema=False,
)
