"""`darsgah lab`: begin a lab, check it, write the learner's version of it, publish it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from darsgah.commands.lab_checking import lab_check_command
from darsgah.commands.lab_publishing import lab_publish_command
from darsgah.commands.lab_reading import (
    ExitCode,
    LabPath,
    assignment_to_grade,
    fail,
    open_grader,
    read_lab,
)
from darsgah.commands.visible_text import visible
from darsgah_grader.types import AssignmentInvalid
from darsgah_labs.lab_folder import slug_of
from darsgah_labs.starter import starter_files


def lab_release_command(
    lab: LabPath,
    out: Annotated[
        Path,
        typer.Option("--output", "-o", help="A folder; for a single notebook also an .ipynb file."),
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite files of the same names.")] = False,
) -> None:
    """Write the learner's version of a lab: no solutions, no hidden tests, no outputs."""
    # nbgrader takes two seconds to import, which other commands must not wait for.
    from darsgah_grader.authoring import release  # noqa: PLC0415 - see above

    loaded = read_lab(lab)
    if not force and _is_taken(out):
        fail(ExitCode.WRONG_USE, f"{out} is there already; name a new place, or overwrite it with --force.")
    with open_grader() as grader:
        assignment = assignment_to_grade(loaded, lab, grader)
    try:
        released = {f"{master.name}.ipynb": release(master) for master in assignment.masters}
    except AssignmentInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))
    if out.suffix == ".ipynb" and len(released) == 1 and not out.is_dir():
        _write(out.parent, {out.name: next(iter(released.values()))})
        typer.echo(visible(f"Wrote {out}"))
        return
    _write(out, released | dict(assignment.files))
    counted = _counted(len(released), "notebook"), _counted(len(assignment.files), "other file")
    typer.echo(visible(f"Wrote {' and '.join(counted)} to {out}"))


def lab_new_command(
    slug: Annotated[str, typer.Argument(help="The lab's name: lower case, digits and hyphens.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", help="The folder that the lab's own folder is made in.")
    ] = Path(),
) -> None:
    """Begin a lab: a small one that passes its check, to be changed step by step."""
    if slug != slug_of(slug):
        fail(ExitCode.WRONG_USE, f"{slug!r} is no name for a lab: write it as {slug_of(slug)!r}.")
    folder = out / slug
    if _is_taken(folder):
        fail(ExitCode.WRONG_USE, f"{folder} is there already; nothing is overwritten.")
    _write(folder, starter_files())
    typer.echo(visible(f"Wrote {folder}. Change it, and after each change: darsgah lab check {folder}"))


def _is_taken(place: Path) -> bool:
    """Whether something would be overwritten there; an empty folder is free."""
    try:
        return place.exists() and not (place.is_dir() and not any(place.iterdir()))
    except OSError as error:
        fail(ExitCode.MACHINE, f"{place} cannot be written: {error.strerror}.")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    except OSError as error:
        fail(ExitCode.MACHINE, f"{folder} could not be written: {error.strerror}.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


lab_commands = typer.Typer(help="Labs.", no_args_is_help=True)
lab_commands.command("new")(lab_new_command)
lab_commands.command("check")(lab_check_command)
lab_commands.command("release")(lab_release_command)
lab_commands.command("publish")(lab_publish_command)
