"""`darsgah lab check`: whether a lab is good enough to be published, and what its tests miss.

Exit codes: 0 the lab passes, 3 it does not, 2 wrong use, 1 this machine cannot grade it.
"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from darsgah.commands.lab_reading import ExitCode, LabPath, assignment_to_grade, fail, open_grader
from darsgah.commands.lab_report import show
from darsgah_grader.types import EnvironmentBroken, SandboxUnavailable
from darsgah_labs.check.invalid import report_of_invalid
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport, Part
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load

_STEPS = {
    Part.REFERENCE: "The reference solution, six times",
    Part.RELEASE: "The learner's version",
    Part.MUTATION: "Mutants",
    Part.ALTERNATIVES: "Other solutions",
    Part.TEXT: "The text",
}


NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Leave out the run in the browser's Python.")]


def lab_check_command(
    lab: LabPath,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
    question: Annotated[
        str, typer.Option(help="grade_id of an answer or a test: mutants of that question alone.")
    ] = "",
    no_mutants: Annotated[bool, typer.Option("--no-mutants", help="Leave the mutants out.")] = False,
    no_browser: NoBrowser = False,
) -> None:
    """Say whether a lab is good enough to be published, and what its tests miss."""
    _, report = checked(lab, Choice(mutants=not no_mutants, question=question, browser=not no_browser))
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        show(Console(), report)
    if not report.ok:
        raise typer.Exit(ExitCode.REJECTED)


def checked(path: Path, choice: Choice) -> tuple[Lab | None, LabReport]:
    """The lab and its report, with progress on a terminal; one that cannot even be read has a report too."""
    # The check needs nbgrader, which takes two seconds to import; `--help` does not.
    from darsgah.hinting.example_judge import example_judge  # noqa: PLC0415 - see above
    from darsgah.lab_checks.checking import check  # noqa: PLC0415 - see above

    try:
        lab = load(path)
    except LabInvalid as error:
        if not _is_there(path):
            fail(ExitCode.WRONG_USE, str(error))
        return None, report_of_invalid(path.resolve().name, error)
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
            return lab, check(lab, assignment, grader, example_judge, choice=choice, progress=tell)
        except LabInvalid as error:
            fail(ExitCode.WRONG_USE, str(error))
        except (SandboxUnavailable, EnvironmentBroken) as error:
            fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
