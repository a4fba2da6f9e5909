"""The command ``darsgah``: every sub-command is mounted here and written in ``darsgah.commands``."""

import typer

from darsgah.commands.accounts import account_commands
from darsgah.commands.database import database_commands
from darsgah.commands.doctor import doctor_command
from darsgah.commands.grading import grade_command, lab_release_command
from darsgah.commands.importing import import_commands
from darsgah.commands.serving import demo_command, serve_command, worker_command

lab_commands = typer.Typer(help="Labs.", no_args_is_help=True)
lab_commands.command("release")(lab_release_command)


@lab_commands.callback()
def _labs() -> None:
    """Look after labs."""


application = typer.Typer(
    help="Darsgah, a learning platform: labs, sandboxed grading, a tutor.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
application.command("serve")(serve_command)
application.command("worker")(worker_command)
application.command("demo")(demo_command)
application.command("grade")(grade_command)
application.command("doctor")(doctor_command)
application.add_typer(account_commands, name="account")
application.add_typer(import_commands, name="import")
application.add_typer(lab_commands, name="lab")
application.add_typer(database_commands, name="db")


def main() -> None:
    """Entry point of the command."""
    application()
