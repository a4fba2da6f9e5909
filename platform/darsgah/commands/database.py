"""`darsgah db upgrade`: brings the database to what this version needs. Exits 0 when done, else 1."""

from typing import Annotated

import typer
from rich.console import Console

from darsgah.db.address import shown
from darsgah.db.embedded import open_database
from darsgah.db.schema import pending, upgrade
from darsgah.errors import DarsgahError
from darsgah.settings import load_settings

database_commands = typer.Typer(help="The database.", no_args_is_help=True)


@database_commands.callback()
def _group() -> None:
    """Look after the database."""


@database_commands.command("upgrade")
def upgrade_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Bring the database to the tables this version needs. Safe to repeat, and by several at once."""
    err = Console(stderr=True, highlight=False)
    try:
        with open_database(load_settings(), lambda message: err.print(message, style="dim")) as database:
            revisions = pending(database.url) if dry_run else upgrade(database.url)
            where = "the embedded database" if database.embedded else shown(database.url)
    except DarsgahError as error:
        err.print(error.message, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    out = Console(highlight=False, soft_wrap=True)
    if not revisions:
        out.print(f"Up to date: {where}.")
    else:
        out.print(f"{'Would apply' if dry_run else 'Applied'} to {where}: {', '.join(revisions)}.")
