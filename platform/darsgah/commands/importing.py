"""`darsgah import`: brings what exists elsewhere into the platform.

Exit codes: 0 imported, with whatever was left out named; 1 it stopped, and the same command again does the
rest; 2 wrong use.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated, Never

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from darsgah.blobs.store import open_blobs
from darsgah.commands.visible_text import visible, visible_lines
from darsgah.course_import.report import Kind, Line, Outcome, Report
from darsgah.db.embedded import open_database
from darsgah.db.schema import pending, upgrade
from darsgah.db.session import Database
from darsgah.errors import DarsgahError
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.settings import Settings, load_settings
from darsgah_grader.nbgrader_course import Course, NotACourse, read_course
from darsgah_grader.types import GraderError
from darsgah_labs.lab_folder import slug_of

COHORT = "Imported from nbgrader"
STOPPED, WRONG_USE = 1, 2
_LONG_LISTS = frozenset({Kind.STUDENT, Kind.SUBMISSION, Kind.MARKS})
"""What has a line of its own for everybody in a dry run, and is summed up after an import."""

import_commands = typer.Typer(help="Bring in what exists elsewhere.", no_args_is_help=True)


@import_commands.callback()
def _group() -> None:
    """Bring in what exists elsewhere."""


@import_commands.command("nbgrader")
def nbgrader_command(
    folder: Annotated[Path, typer.Argument(help="The course's folder: the one that holds 'source'.")],
    hub: Annotated[str, typer.Option(help="The code of the hub that gets the course.")] = "",
    course: Annotated[str, typer.Option(help="The course's slug; the folder's name if left out.")] = "",
    cohort: Annotated[str, typer.Option(help="The name of the cohort.")] = COHORT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say line by line what would happen, and write nothing.")
    ] = False,
) -> None:
    """Turn an nbgrader course folder into a course with labs, students, submissions. Safe to repeat."""
    found = _read(folder)
    slug = course or slug_of(found.name)
    if slug != slug_of(slug):
        _fail(WRONG_USE, f"{slug!r} is no slug: write it in lower case with hyphens, as {slug_of(slug)!r}.")
    if not found.name.isprintable():
        _fail(WRONG_USE, f"The folder's name {found.name} cannot be written: rename it, the course takes it.")
    if not cohort.strip() or not cohort.isprintable() or len(cohort) > 120:
        _fail(WRONG_USE, "Give the cohort a name of one line, at most 120 characters.")
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        settings = load_settings()
        with open_database(settings, lambda message: err.print(message, style="dim")) as handle:
            if not dry_run:
                upgrade(handle.url)
            elif pending(handle.url):
                _fail(STOPPED, "The database is not set up for this version: run `darsgah db upgrade` first.")
            database = Database(handle.url, pool=2, application="darsgah import")
            steps = _import(
                settings, database, found, hub=hub, slug=slug, cohort=cohort.strip(), dry_run=dry_run
            )
            asyncio.run(steps)
    except DarsgahError as error:
        _fail(STOPPED, error.message)
    except GraderError as error:
        _fail(STOPPED, f"{error} `darsgah doctor` says what this machine needs.")
    except OSError as error:
        _fail(STOPPED, f"{error.filename or folder} cannot be read: {error.strerror or error}.")
    except KeyboardInterrupt:
        _fail(STOPPED, "Stopped. What was imported stays; the same command again does the rest.")


def _fail(code: int, message: str) -> Never:
    typer.echo(visible_lines(message), err=True)
    raise typer.Exit(code)


def _read(folder: Path) -> Course:
    try:
        found = read_course(folder)
    except NotACourse as error:
        _fail(WRONG_USE, str(error))
    except OSError as error:
        _fail(STOPPED, f"{error.filename or folder} cannot be read: {error.strerror or error}.")
    if found.gradebook_unread:
        _fail(
            STOPPED,
            f"{found.problems[0]} It holds names, addresses, due dates and marks, so nothing was imported: "
            "close what uses it and try again, or move it away to import without it.",
        )
    return found


async def _import(
    settings: Settings, database: Database, found: Course, *, hub: str, slug: str, cohort: str, dry_run: bool
) -> None:
    # The importer brings nbgrader, which takes two seconds to import: no other command shall wait for it.
    from darsgah.course_import.importer import CourseImport, Target  # noqa: PLC0415 - see above
    from darsgah.course_import.steps import ForgetfulBlobs  # noqa: PLC0415 - as above
    from darsgah.grading_setup import grader_of  # noqa: PLC0415 - as above

    try:
        target = Target(await _hub(database, hub, load=not dry_run), slug, cohort)
        blobs = ForgetfulBlobs() if dry_run else open_blobs(settings)
        err = Console(stderr=True)
        columns = (TextColumn("Submissions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with (
            grader_of(settings) as grader,
            Progress(*columns, console=err, disable=not err.is_terminal) as progress,
        ):
            task = progress.add_task("Submissions", total=None)
            report = Report(lambda line: _say(line, dry_run=dry_run))
            job = CourseImport(
                database,
                blobs,
                grader,
                course=found,
                target=target,
                report=report,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
            await job.run(dry_run=dry_run)
        _sum_up(report, dry_run=dry_run)
    finally:
        await database.dispose()


async def _hub(database: Database, code: str, *, load: bool) -> HubView:
    """The hub of that code, or the only one; a new database gets the planned network first, if it may.

    Exits when there is no such hub, and lists those there are.
    """
    async with database.begin() as session:
        known = await hubs.list_hubs(session)
        if not known and load:
            await hubs.load_plan(session)
            known = await hubs.list_hubs(session)
    if not known:
        _fail(STOPPED, "There are no hubs yet, and a dry run makes none: run `darsgah serve` once first.")
    found = next((hub for hub in known if hub.code == code or len(known) == 1), None)
    if found is None or (code and found.code != code):
        asked = f"There is no hub {code!r}." if code else "Say which hub gets the course."
        _fail(WRONG_USE, f"{asked} Give the code of one with --hub:\n{_codes(known)}")
    return found


def _codes(known: list[HubView]) -> str:
    """The open hubs with their names, and the codes of the others, which are many."""
    width = max(len(hub.code) for hub in known)
    lines = [f"  {hub.code:<{width}}  {hub.name}" for hub in known if hub.state == "open"]
    others = ", ".join(hub.code for hub in known if hub.state != "open")
    return "\n".join([*lines, *([f"  not open yet: {others}"] if others else [])])


def _say(line: Line, *, dry_run: bool) -> None:
    if dry_run or line.kind not in _LONG_LISTS or line.outcome in {Outcome.NOTE, Outcome.LEFT_OUT}:
        typer.echo(f"{line.kind:<11} {line.outcome:<10} {visible(line.text)}")


def _sum_up(report: Report, *, dry_run: bool) -> None:
    """What came of the whole, and what nobody should overlook."""
    by_kind = {kind: Counter[Outcome]() for kind in Kind}
    for (kind, outcome), number in report.counts.items():
        by_kind[kind][outcome] += number
    typer.echo("\nDry run, nothing was written. An import would bring:" if dry_run else "\nImported:")
    for kind in (Kind.LAB, Kind.STUDENT, Kind.SUBMISSION, Kind.MARKS):
        counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(by_kind[kind].items()))
        typer.echo(f"  {kind.plural}: {counts or 'none'}")
    for advice in _advice(by_kind):
        typer.echo(advice)


def _advice(by_kind: dict[Kind, Counter[Outcome]]) -> list[str]:
    advice = []
    if by_kind[Kind.STUDENT][Outcome.NEW]:
        advice.append(
            "New accounts have no password: nobody can sign in to them until one is set. Addresses that end "
            "in .invalid are placeholders and take no mail."
        )
    if by_kind[Kind.SUBMISSION][Outcome.NEW]:
        advice.append("New submissions wait in the queue: a running `darsgah worker` grades them again here.")
    if by_kind[Kind.MARKS]:
        advice.append(
            "The gradebook's scores, marks by hand and comments are kept as a grading run called nbgrader "
            "beside each submission. What pages show is the grade made here: questions marked by hand wait "
            "for a person there."
        )
    return advice
