"""`darsgah lab`: check a lab, write the learner's version of it.

Exit codes of ``check``: 0 the lab passes, 3 it does not, 2 wrong use, 1 this machine cannot grade it.
"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from darsgah.commands.lab_reading import (
    ExitCode,
    LabPath,
    assignment_to_grade,
    fail,
    open_grader,
    read_lab,
)
from darsgah.commands.lab_report import show
from darsgah.commands.visible_text import visible
from darsgah_grader.types import AssignmentInvalid, EnvironmentBroken, SandboxUnavailable
from darsgah_labs.check.invalid import report_of_invalid
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport, Part
from darsgah_labs.errors import LabInvalid
from darsgah_labs.lab_folder import load

_STEPS = {
    Part.REFERENCE: "The reference solution, six times",
    Part.RELEASE: "The learner's version",
    Part.MUTATION: "Mutants",
    Part.ALTERNATIVES: "Other solutions",
    Part.TEXT: "The text",
}


def lab_check_command(
    lab: LabPath,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
    question: Annotated[
        str, typer.Option(help="grade_id of an answer or a test: mutants of that question alone.")
    ] = "",
    no_mutants: Annotated[bool, typer.Option("--no-mutants", help="Leave the mutants out.")] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Leave out the run in the browser's Python.")
    ] = False,
) -> None:
    """Say whether a lab is good enough to be published, and what its tests miss."""
    choice = Choice(mutants=not no_mutants, question=question, browser=not no_browser)
    report = _checked(lab, choice)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        show(Console(), report)
    if not report.ok:
        raise typer.Exit(ExitCode.REJECTED)


def _checked(path: Path, choice: Choice) -> LabReport:
    """The report; a lab that cannot even be read has one too."""
    # The check needs nbgrader, which takes two seconds to import; `--help` does not.
    from darsgah.lab_checks.checking import check  # noqa: PLC0415 - see above

    try:
        lab = load(path)
    except LabInvalid as error:
        if not path.exists():
            fail(ExitCode.WRONG_USE, str(error))
        return report_of_invalid(path.resolve().name, error)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        open_grader() as grader,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("", total=None)

        def tell(part: Part, done: int, of: int) -> None:
            progress.update(task, description=_STEPS[part], completed=done, total=of or None)

        assignment = assignment_to_grade(lab, path, grader)
        try:
            return check(lab, assignment, grader, choice=choice, progress=tell)
        except LabInvalid as error:
            fail(ExitCode.WRONG_USE, str(error))
        except (SandboxUnavailable, EnvironmentBroken) as error:
            fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def lab_release_command(
    lab: LabPath,
    out: Annotated[
        Path,
        typer.Option("--output", "-o", help="A new folder; for a single notebook also a new .ipynb file."),
    ],
) -> None:
    """Write the learner's version of a lab: no solutions, no hidden tests, no outputs."""
    # nbgrader takes two seconds to import, which `darsgah grade` must not wait for.
    from darsgah_grader.authoring import release  # noqa: PLC0415 - see above

    loaded = read_lab(lab)
    try:
        taken = out.exists() and not (out.is_dir() and not any(out.iterdir()))
    except OSError as error:
        fail(ExitCode.MACHINE, f"{out} cannot be written: {error.strerror}.")
    if taken:
        fail(ExitCode.WRONG_USE, f"{out} is there already; name a new place, nothing is overwritten.")
    with open_grader() as grader:
        assignment = assignment_to_grade(loaded, lab, grader)
    try:
        released = {master.name: release(master) for master in assignment.masters}
    except AssignmentInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))
    try:
        if out.suffix == ".ipynb" and len(released) == 1 and not out.is_dir():
            out.write_bytes(next(iter(released.values())))
            typer.echo(visible(f"Wrote {out}"))
            return
        files = {f"{name}.ipynb": content for name, content in released.items()} | dict(assignment.files)
        for name, content in files.items():
            place = out / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    except OSError as error:
        fail(ExitCode.MACHINE, f"{out} could not be written: {error.strerror}.")
    counted = _counted(len(released), "notebook"), _counted(len(files) - len(released), "other file")
    typer.echo(visible(f"Wrote {' and '.join(counted)} to {out}"))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


lab_commands = typer.Typer(help="Labs.", no_args_is_help=True)
lab_commands.command("check")(lab_check_command)
lab_commands.command("release")(lab_release_command)
