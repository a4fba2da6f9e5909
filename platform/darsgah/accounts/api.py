"""The accounts slice as JSON. Signing up is in the hubs slice: it joins a hub."""

from typing import Any

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.accounts import service
from darsgah.accounts.schemas import AccountView, PasswordChange, ProfileChange, SessionView, SignIn
from darsgah.accounts.service import SignInPolicy
from darsgah.client_address import client_address
from darsgah.db.session import Database
from darsgah.settings import Settings


@post("/sessions", guards=[public], exclude_from_csrf=True)  # it sets no cookie: there is nothing to forge
async def create_session(
    data: JSONBody[SignIn],
    request: Request[None, None, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> SessionView:
    """Sign in: the token of the answer goes into ``Authorization: Bearer …``."""
    return await service.sign_in(
        database,
        data,
        address=client_address(request, settings.trusted_proxies),
        policy=SignInPolicy.of(settings),
    )


@delete("/sessions/current", guards=[signed_in])
async def end_session(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> None:
    """Sign out: the session that asks ends."""
    await service.sign_out(session, request.auth)


@get("/me", guards=[signed_in])
async def read_me(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> AccountView:
    """The account that asks."""
    return await service.profile(session, request.user.account_id)


@put("/me", guards=[signed_in])
async def change_me(
    data: JSONBody[ProfileChange], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> AccountView:
    """Change the name that others see, and the language."""
    return await service.change_profile(session, request.user.account_id, data)


@put("/me/password", guards=[signed_in], status_code=204)
async def change_my_password(
    data: JSONBody[PasswordChange], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> None:
    """Change the password; every other session of the account ends."""
    await service.change_password(session, request.user.account_id, data, token=request.auth)


router = Router(
    path="/",
    route_handlers=[create_session, end_session, read_me, change_me, change_my_password],
    tags=["accounts"],
)
