"""What can be done with hubs: load the network's plan, look hubs up, grant roles in them."""

from collections.abc import Collection, Mapping
from importlib.resources import files
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import AccountView, SignUp
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import queries
from darsgah.hubs.models import Hub
from darsgah.hubs.schemas import HubView, NetworkPlan


def _view(hub: Hub) -> HubView:
    return HubView(
        id=hub.id,
        code=hub.code,
        name=hub.name,
        name_ur=hub.name_ur,
        city=hub.city,
        province=hub.province,
        timezone=hub.timezone,
        state=hub.state,
    )


def read_plan() -> NetworkPlan:
    """The network as it is planned, from ``network.toml`` beside this module."""
    return msgspec.toml.decode(files(__package__).joinpath("network.toml").read_bytes(), type=NetworkPlan)


async def load_plan(session: AsyncSession) -> int:
    """Bring the hubs of the plan into the database; hubs opened or closed meanwhile keep their state.

    Returns:
        The number of hubs in the plan.
    """
    plan = read_plan()
    await queries.upsert_hubs(session, [msgspec.structs.asdict(hub) for hub in plan.hubs])
    return len(plan.hubs)


async def list_hubs(session: AsyncSession) -> list[HubView]:
    """Every hub of the network, open ones first."""
    return [_view(hub) for hub in await queries.all_hubs(session)]


async def hub_by_code(session: AsyncSession, code: str) -> HubView:
    """One hub by its code.

    Raises:
        NotFound: there is none with that code; the message has those that are there.
    """
    found = await queries.hub_by_code(session, code)
    if found is None:
        codes = ", ".join(hub.code for hub in await queries.all_hubs(session))
        raise NotFound(f"There is no hub with the code {code!r}. There are: {codes or 'none'}.")
    return _view(found)


async def hubs_by_id(session: AsyncSession, hub_ids: Collection[UUID]) -> Mapping[UUID, HubView]:
    """Some hubs, by id; ids that do not exist are left out."""
    return {hub.id: _view(hub) for hub in await queries.hubs_by_id(session, hub_ids)}


async def join_as_learner(session: AsyncSession, account_id: UUID, code: str) -> HubView:
    """Make somebody a learner of an open hub.

    Raises:
        MalformedInput: no open hub has that code.
    """
    found = await queries.hub_by_code(session, code)
    if found is None or found.state != "open":
        raise MalformedInput(fields={"hub": "Choose one of the open hubs."})
    await queries.add_grant(session, account_id, Role.LEARNER, found.id)
    return _view(found)


async def sign_up(session: AsyncSession, form: SignUp) -> AccountView:
    """Make an account and, when the form names a hub, a learner of it.

    Raises:
        EmailTaken, MalformedInput: nothing was made.
    """
    account = await accounts.create_account(session, form)
    if form.hub:
        await join_as_learner(session, account.id, form.hub)
    return account


async def grants(session: AsyncSession, account_id: UUID) -> frozenset[tuple[Role, UUID | None]]:
    """Pairs of role and hub that the account holds."""
    return await queries.grants(session, account_id)


async def grant(session: AsyncSession, account_id: UUID, role: Role, hub_id: UUID | None) -> None:
    """Grant a role in a hub, or network-wide without one; granting it twice changes nothing."""
    await queries.add_grant(session, account_id, role, hub_id)


async def holders(session: AsyncSession, hub_id: UUID | None, *roles: Role) -> list[UUID]:
    """Who is to be told something: the accounts with one of the roles in that hub, or network-wide."""
    return list(await queries.holders(session, hub_id, roles))
