"""`darsgah account`: accounts from the operator's side, the first administrator's above all.

Exit codes: 0 done, 1 nothing was changed and one line says why, 2 wrong use.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import NETWORK_ROLES, Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SHORTEST_PASSWORD, AccountView, SignUp
from darsgah.db.embedded import open_database
from darsgah.db.schema import upgrade
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, NotFound
from darsgah.hubs import service as hubs
from darsgah.settings import load_settings

account_commands = typer.Typer(help="Accounts and roles.", no_args_is_help=True)
Steps = Callable[[AsyncSession], Awaitable[str]]

Email = Annotated[str, typer.Argument(help="The address the person signs in with.")]
HubCode = Annotated[
    str | None, typer.Option("--hub", help="The hub's code, for every role but the network's.")
]


@account_commands.command("create")
def create_command(
    email: Email,
    name: Annotated[str, typer.Argument(help="The name that others see.")],
    role: Annotated[Role, typer.Option(help="What the person is.")],
    hub: HubCode = None,
) -> None:
    """Make an account with a role; asks for its first password."""
    _check_scope(role, hub)

    async def check(session: AsyncSession) -> str:
        await _place(session, hub)
        return await accounts.free_email(session, email)

    async def create(session: AsyncSession) -> str:
        account = await accounts.create_account(session, SignUp(email, password, name))
        await _grant(session, account, role, hub)
        return f"{account.email} can sign in as {_named(role, hub)}."

    with _database() as run:
        run(check)
        password = _ask_password()
        typer.echo(run(create))


@account_commands.command("grant")
def grant_command(
    email: Email,
    role: Annotated[Role, typer.Argument(help="What the person is from now on.")],
    hub: HubCode = None,
) -> None:
    """Give an account a further role; giving it twice changes nothing."""
    _check_scope(role, hub)

    async def grant(session: AsyncSession) -> str:
        account = await accounts.existing_account(session, email)
        await _grant(session, account, role, hub)
        return f"{account.email} is {_named(role, hub)}."

    with _database() as run:
        typer.echo(run(grant))


@account_commands.command("password")
def password_command(email: Email) -> None:
    """Set an account's password, the first one of an imported student too; every session of it ends."""

    async def check(session: AsyncSession) -> str:
        return (await accounts.existing_account(session, email)).email

    async def replace(session: AsyncSession) -> str:
        account = await accounts.existing_account(session, email)
        await accounts.set_password(session, account.id, password)
        return f"{account.email} can sign in with the new password."

    with _database() as run:
        run(check)
        password = _ask_password()
        typer.echo(run(replace))


def _check_scope(role: Role, hub: str | None) -> None:
    if (role in NETWORK_ROLES) == (hub is not None):
        wanted = (
            "is held network-wide: leave --hub out" if hub else "is held in a hub: name it with --hub CODE"
        )
        raise typer.BadParameter(f"{role.value} {wanted}.")


def _named(role: Role, hub: str | None) -> str:
    return f"{role.value.replace('_', ' ')} of {hub or 'the network'}"


def _ask_password() -> str:
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise typer.BadParameter(f"A password has at least {SHORTEST_PASSWORD} characters.")
    return password


async def _grant(session: AsyncSession, account: AccountView, role: Role, hub: str | None) -> None:
    await hubs.grant(session, account.id, role, await _place(session, hub))


async def _place(session: AsyncSession, hub: str | None) -> UUID | None:
    if hub is None:
        return None
    try:
        return (await hubs.hub_by_code(session, hub)).id
    except NotFound as error:
        raise NotFound(f"There is no hub {hub!r}. Nothing was changed.") from error


@contextmanager
def _database() -> Iterator[Callable[[Steps], str]]:
    """Opens the database and ends the command with one line when something is refused."""
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        with open_database(load_settings(), lambda message: err.print(message, style="dim")) as handle:
            upgrade(handle.url)
            yield lambda steps: asyncio.run(_transaction(handle.url, steps))
    except DarsgahError as error:
        said = "; ".join(str(text) for text in error.details.get("fields", {}).values()) or error.message
        err.print(said, style="red", markup=False)
        raise typer.Exit(1) from error


async def _transaction(url: str, steps: Steps) -> str:
    database = Database(url, pool=1)
    try:
        async with database.begin() as session:
            await hubs.load_plan(session)
            return await steps(session)
    finally:
        await database.dispose()
