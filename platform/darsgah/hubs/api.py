"""The hubs slice as JSON, and signing up, which joins one."""

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import public
from darsgah.accounts.schemas import AccountView, SignUp
from darsgah.hubs import service
from darsgah.hubs.schemas import HubView


@get("/hubs", guards=[public])
async def list_hubs(session: NamedDependency[AsyncSession]) -> list[HubView]:
    """Every hub of the network: open ones first, then those that are planned."""
    return await service.list_hubs(session)


@post("/accounts", guards=[public], exclude_from_csrf=True)  # it uses no cookie: there is nothing to forge
async def create_account(data: JSONBody[SignUp], session: NamedDependency[AsyncSession]) -> AccountView:
    """Sign up, as a learner of a hub when one is named; then create a session to get a token."""
    return await service.sign_up(session, data)


router = Router(path="/", route_handlers=[list_hubs, create_account], tags=["hubs"])
