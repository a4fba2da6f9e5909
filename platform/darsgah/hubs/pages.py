"""The hubs slice as pages, and signing up, which joins one."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, public, requires
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignUp
from darsgah.accounts.service import SignInPolicy
from darsgah.accounts.tokens import session_cookie
from darsgah.db.session import Database
from darsgah.errors import Conflict, MalformedInput
from darsgah.hubs import running, service
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.templating import Pages


@get("/hubs", guards=[public])
async def hubs_page(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Every hub of the network."""
    return pages.respond(request, "hubs/hubs.html", hubs=await service.list_hubs(session))


@get("/hub", guards=[requires(Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)])
async def running_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The pages with which a hub is run."""
    actor = request.user
    held = await service.hubs_by_id(session, actor.hubs(Role.HUB_ADMIN))
    return pages.respond(
        request,
        "hubs/running.html",
        industry=running.open_to(actor, running.INDUSTRY),
        machines=running.open_to(actor, running.MACHINES),
        rubrics=running.rubrics(held.values()),
    )


@get("/sign-up", guards=[public])
async def sign_up_page(
    request: Request[Actor | None, str | None, Any],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """The form of a new account; who is signed in has one."""
    if request.user:
        return Redirect("/today")
    return await _form(request, database, pages, {"display_name": "", "email": "", "hub": ""})


async def _form(
    request: Request[Any, Any, Any],
    database: Database,
    pages: Pages,
    values: Mapping[str, str],
    error: Conflict | MalformedInput | None = None,
) -> Response[str]:
    async with database.begin() as session:
        hubs = [hub for hub in await service.list_hubs(session) if hub.state == "open"]
    return pages.respond(
        request,
        "accounts/sign_up.html",
        status_code=error.status if error else 200,
        values=values,
        **wrong(error, pages.language_of(request)),
        hubs=hubs,
    )


@post("/sign-up", guards=[public])
async def sign_up(
    request: Request[Actor | None, str | None, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Make the account, join the hub, and sign in."""
    form = dict(await request.form())
    form["language"] = pages.language_of(request).code
    lifetime = SignInPolicy.of(settings).lifetime
    try:
        asked = read_form(form, SignUp)
        async with database.begin() as session:
            account = await service.sign_up(session, asked)
            started = await accounts.start_session(session, account.id, lifetime=lifetime)
    except (Conflict, MalformedInput) as error:
        values = {name: str(form.get(name, "")) for name in ("display_name", "email", "hub")}
        return await _form(request, database, pages, values, error)
    cookie = session_cookie(started.token, lifetime=lifetime, secure=settings.secure_cookies)
    return Redirect("/today", status_code=303, cookies=[cookie])


router = Router(
    path="/", route_handlers=[hubs_page, running_page, sign_up_page, sign_up], include_in_schema=False
)
