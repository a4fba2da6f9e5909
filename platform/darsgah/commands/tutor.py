"""`darsgah tutor`: the commands around the tutor's models, each in a module of its own."""

import typer

from darsgah.commands.tutor_calibrating import tutor_calibrate_command
from darsgah.commands.tutor_evaluating import tutor_evaluate_command
from darsgah.commands.tutor_serving import tutor_serve_command
from darsgah.commands.tutor_training import tutor_train_command

tutor_commands = typer.Typer(no_args_is_help=True)
tutor_commands.command("calibrate")(tutor_calibrate_command)
tutor_commands.command("evaluate")(tutor_evaluate_command)
tutor_commands.command("serve")(tutor_serve_command)
tutor_commands.command("train")(tutor_train_command)


@tutor_commands.callback()
def _tutor() -> None:
    """Models of the tutor: serve one to a hub; train its own; how well the tutor does, on all labs or one."""
