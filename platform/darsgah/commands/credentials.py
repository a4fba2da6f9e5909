"""`darsgah credentials`: the keys that sign credentials, from the operator's side.

Exit codes: 0 done, 1 nothing was changed and one line says why, 2 wrong use.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.credentials import keys
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import KeyState
from darsgah.db.embedded import open_database
from darsgah.db.schema import upgrade
from darsgah.db.session import Database
from darsgah.errors import DarsgahError
from darsgah.hubs import service as hubs
from darsgah.settings import load_settings

credential_commands = typer.Typer(help="Keys that sign credentials.", no_args_is_help=True)
Steps = Callable[[AsyncSession, Issuing], Awaitable[str]]

HubCode = Annotated[str | None, typer.Option("--hub", help="The hub's code; without it the network itself.")]
Why = Annotated[str, typer.Option("--reason", help="Kept with the key that stops; shown to administrators.")]


@credential_commands.command("rotate-key")
def rotate_command(
    hub: HubCode = None,
    reason: Why = "",
    compromised: Annotated[
        bool,
        typer.Option(
            "--compromised",
            help="The key of now is in other hands: what it signed is believed no more, and what was awarded "
            "with it is signed again.",
        ),
    ] = False,
) -> None:
    """Have another key sign for a hub; what the one before signed still counts, unless it is compromised."""
    if compromised and not reason.strip():
        raise typer.BadParameter("Say why with --reason: administrators see it beside the key.")

    async def rotate(session: AsyncSession, issuing: Issuing) -> str:
        found = await hubs.hub_by_code(session, hub) if hub else None
        view = await keys.issuer_view(session, issuing.addresses, found.code if found else keys.NETWORK)
        active = next((key for key in view.keys if key.state is KeyState.ACTIVE), None)
        if not compromised or active is None:
            made = await keys.rotate(session, issuing, found, by=None, reason=reason)
            return f"{made.kid} signs from now on."
        signed = await keys.compromise(session, issuing, active.id, by=None, reason=reason)
        return f"{active.kid} is believed no more; credentials signed again: {signed}."

    _run(rotate)


@credential_commands.command("keys")
def keys_command() -> None:
    """List the keys that sign and signed."""

    async def listed(session: AsyncSession, issuing: Issuing) -> str:
        lines = [
            f"{key.state.value:<12} {key.created_at:%Y-%m-%d} {key.signed:>7}  {key.kid}"
            for issuer in await keys.issuers(session, issuing.addresses)
            for key in issuer.keys
        ]
        return "\n".join(lines) or "There is no key yet: it is made when the first credential is awarded."

    _run(listed)


def _run(steps: Steps) -> None:
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        settings = load_settings()
        issuing = Issuing.of(settings)
        with open_database(settings, lambda message: err.print(message, style="dim")) as handle:
            upgrade(handle.url)
            typer.echo(asyncio.run(_transaction(handle.url, issuing, steps)))
    except DarsgahError as error:
        err.print(error.message, style="red", markup=False)
        raise typer.Exit(1) from error


async def _transaction(url: str, issuing: Issuing, steps: Steps) -> str:
    database = Database(url, pool=1)
    try:
        async with database.begin() as session:
            await hubs.load_plan(session)
            return await steps(session, issuing)
    finally:
        await database.dispose()
