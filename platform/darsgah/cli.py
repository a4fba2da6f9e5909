"""The command ``darsgah``: names every sub-command and where it is written.

A sub-command's module is imported when it is asked for, so that grading one notebook waits neither for the
web application nor for the database's libraries.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = {
    "serve": "serving:serve_command",
    "worker": "serving:worker_command",
    "kernels": "kernels:kernels_command",
    "demo": "serving:demo_command",
    "grade": "grading:grade_command",
    "hint": "hinting:hint_command",
    "lab": "labs:lab_commands",
    "environment": "environments:environment_commands",
    "tutor": "tutor:tutor_commands",
    "gpu": "gpu:gpu_commands",
    "import": "importing:import_commands",
    "account": "accounts:account_commands",
    "credentials": "credentials:credential_commands",
    "doctor": "doctor:doctor_command",
    "db": "database:database_commands",
}
"""Sub-command to module and name in ``darsgah.commands``: a function, or a Typer application for a group."""


class LazyCommands(TyperGroup):
    """Finds sub-commands in ``COMMANDS``."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 # as below
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 # Typer keeps the types of its click to itself
        """The command of that name, or None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: Any = getattr(import_module(f"darsgah.commands.{module}"), name)
        if isinstance(found, typer.Typer):
            command = get_command(found)
        else:
            single = typer.Typer(add_completion=False)
            single.command()(found)
            command = get_command(single)
        command.name = cmd_name
        return command


application = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@application.callback()
def _darsgah() -> None:
    """Darsgah, a learning platform: labs, sandboxed grading, a tutor."""


def main() -> None:
    """Entry point of the command."""
    application()
