"""`darsgah lab publish`: a lab into the catalogue, when its check passes or with a reason why not.

Exit codes: 0 published, 3 the check did not pass and nothing was published, 2 wrong use, 1 it stopped.
"""

import asyncio
import os
import pwd
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore, open_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import LabPackage, LabVersionView
from darsgah.commands.lab_checking import NoBrowser, checked
from darsgah.commands.lab_reading import ExitCode, LabPath, course_templates, fail, open_grader
from darsgah.commands.lab_report import show
from darsgah.commands.visible_text import visible
from darsgah.db.embedded import open_database
from darsgah.db.schema import upgrade
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, NotFound
from darsgah.hubs import service as hubs
from darsgah.lab_checks import service as lab_checks
from darsgah.settings import load_settings
from darsgah_grader.types import GraderError
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport
from darsgah_labs.format import Lab

_SHORTEST_REASON = 10
_Result = TypeVar("_Result")


def lab_publish_command(
    lab: LabPath,
    hub: Annotated[
        str, typer.Option(help="The code of the hub that gets it; the whole network if left out.")
    ] = "",
    override: Annotated[
        str, typer.Option(help="Publish a lab that does not pass; the reason is kept with it.")
    ] = "",
    no_browser: NoBrowser = False,
) -> None:
    """Check a lab and publish it; the report is kept with the version."""
    reason = override.strip()
    if override and len(reason) < _SHORTEST_REASON:
        fail(ExitCode.WRONG_USE, "Give the reason in a sentence: others will read it.")
    err = Console(stderr=True)
    if hub:  # before the check, which takes minutes
        _in_database(err, lambda session, _: hubs.hub_by_code(session, hub))
    read, report = checked(lab, Choice(browser=not no_browser))
    show(err, report)
    if not report.ok and not reason:
        fail(
            ExitCode.REJECTED,
            "\nNothing was published. Mend what is named above, or say with --override why it goes without.",
        )
    if read is None:
        fail(ExitCode.WRONG_USE, "\nNothing was published: nobody could be given a lab that cannot be read.")
    package = _package(read, lab)
    version = _in_database(
        err, lambda session, blobs: _publish(session, blobs, package, report, hub=hub, reason=reason)
    )
    typer.echo(visible(f"Published {version.slug}, version {version.number}, {version.points:g} points."))


def _package(lab: Lab, path: Path) -> LabPackage:
    # nbgrader takes two seconds to import, which `--help` does not wait for.
    from darsgah.publishing import package_of  # noqa: PLC0415 - see above

    try:
        with open_grader() as grader:
            return package_of(lab, grader, templates=course_templates(path))
    except GraderError as error:
        fail(ExitCode.WRONG_USE, str(error))


def _who() -> str:
    """The user's name; their number where the machine, such as a container, has no name for it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _in_database(err: Console, work: Callable[[AsyncSession, BlobStore], Awaitable[_Result]]) -> _Result:
    """What comes of some work in one transaction, in which the hubs of the plan are there."""

    async def done(url: str, blobs: BlobStore) -> _Result:
        database = Database(url, pool=2, application="darsgah lab publish")
        try:
            async with database.begin() as session:
                await hubs.load_plan(session)
                return await work(session, blobs)
        finally:
            await database.dispose()

    try:
        settings = load_settings()
        with open_database(settings, lambda message: err.print(message, style="dim")) as handle:
            upgrade(handle.url)
            return asyncio.run(done(handle.url, open_blobs(settings)))
    except NotFound as error:
        fail(ExitCode.WRONG_USE, error.message)
    except DarsgahError as error:
        fail(ExitCode.MACHINE, error.message)


async def _publish(
    session: AsyncSession, blobs: BlobStore, package: LabPackage, report: LabReport, *, hub: str, reason: str
) -> LabVersionView:
    """The version with its report."""
    hub_id = (await hubs.hub_by_code(session, hub)).id if hub else None
    version = await catalog.publish_lab(session, blobs, hub_id, package)
    by = f"{_who()}, with darsgah lab publish"
    await lab_checks.record(
        session,
        version.id,
        report,
        override_reason="" if report.ok else reason,
        override_by="" if report.ok else by,
    )
    return version
