"""`darsgah environment`: the sets of packages that labs run in, listed, built and checked.

Exit codes: 0 done, 1 the environment is not built or does not work, 2 there is none of that name.
"""

from typing import Annotated, Never

import typer
from rich.console import Console
from rich.table import Table

from darsgah.commands.diagnosis.findings import in_bytes
from darsgah.commands.diagnosis.sandbox import try_environment
from darsgah.commands.visible_text import visible_lines
from darsgah.errors import SettingsInvalid
from darsgah.grading_setup import environments_of
from darsgah.settings import load_settings
from darsgah_grader.environments import Environments
from darsgah_grader.environments.building import build, built_digest
from darsgah_grader.environments.declaration import Declaration
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.types import AssignmentInvalid, EnvironmentBroken, SandboxLevel

BROKEN, UNKNOWN = 1, 2
_Name = Annotated[str, typer.Argument(help="The environment's name, as labs give it.")]


def _fail(code: int, message: str) -> Never:
    typer.echo(visible_lines(message), err=True)
    raise typer.Exit(code)


def _environments(*, make_home: bool = False) -> Environments:
    try:
        settings = load_settings()
        if make_home:
            _ = settings.home_folder
        return environments_of(settings)
    except SettingsInvalid as error:
        _fail(BROKEN, error.message)


def _declared(environments: Environments, name: str) -> Declaration:
    try:
        return environments.declared(name)
    except AssignmentInvalid as error:
        _fail(UNKNOWN, str(error))
    except EnvironmentBroken as error:
        _fail(BROKEN, str(error))


def list_command() -> None:
    """Say which environments there are, where each is declared, and whether it is built. Starts nothing."""
    environments = _environments()
    table = Table(box=None)
    for title in ("Environment", "Packages", "State", "Declared in"):
        table.add_column(title, overflow="fold")
    for name, folder in environments.folders().items():
        packages, state = _told(environments, name)
        place = "Darsgah" if environments.ships(name) else visible_lines(str(folder))
        table.add_row(name, packages, state, place)
    Console(highlight=False, markup=False).print(table)


def _told(environments: Environments, name: str) -> tuple[str, str]:
    """What it is made of, and whether it is ready, in words."""
    try:
        declared = environments.declared(name)
        packages = [f"the platform's {', '.join(declared.platform)}"] if declared.platform else []
        if declared.requirements is None:
            return "; ".join(packages), "ready"
        packages.append(f"its own, of {declared.requirements.name}")
        if built_digest(environments.built, name) is None:
            state = "not built"
        else:
            state = "changed since it was built" if environments.changed(name) else "built"
        return visible_lines("; ".join(packages)), state
    except EnvironmentBroken as error:
        return "", visible_lines(str(error))


def build_command(name: _Name) -> None:
    """Build an environment of its locked requirements; the one before stays in use until it is done."""
    environments = _environments(make_home=True)
    declared = _declared(environments, name)
    try:
        folder = build(declared, environments.built, lambda said: typer.echo(f"{said} ...", err=True))
    except EnvironmentBroken as error:
        _fail(BROKEN, str(error))
    typer.echo(f"Built {name} in {folder}.")
    _check(environments, name)


def check_command(name: _Name) -> None:
    """Start an environment, run a notebook in it, and say its times, its memory and what it imports."""
    environments = _environments()
    _declared(environments, name)
    _check(environments, name)


def _check(environments: Environments, name: str) -> None:
    report = probe()
    if report.level is SandboxLevel.NONE:
        _fail(BROKEN, f"No learner's code can be run on this machine: {'; '.join(report.reasons)}.")
    environment = environments.named(name)
    trial = try_environment(environment, report.level)
    if trial.fault:
        _fail(BROKEN, f"{trial.fault[:1].upper()}{trial.fault[1:]}")
    typer.echo(
        f"{name} works: warm in {trial.start_seconds:.1f} s, a notebook in "
        f"{trial.run_seconds * 1000:.0f} ms, {in_bytes(trial.memory_bytes)} of memory."
    )
    typer.echo(f"Imported beforehand: {', '.join(environment.preload) or 'nothing but IPython'}.")
    if environments.changed(name):
        typer.echo(f"Its requirements have changed since: darsgah environment build {name}")


environment_commands = typer.Typer(help="The packages that labs run with.", no_args_is_help=True)
environment_commands.command("list")(list_command)
environment_commands.command("build")(build_command)
environment_commands.command("check")(check_command)
