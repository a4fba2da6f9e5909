"""What the commands on labs share: the argument, exit codes, and reading a lab with errors for people."""

from enum import IntEnum
from pathlib import Path
from typing import Annotated, Never

import typer

from darsgah.commands.visible_text import visible_lines
from darsgah.errors import SettingsInvalid
from darsgah.grading_setup import grader_of
from darsgah.lab_assignments import assignment_of
from darsgah.settings import load_settings
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.types import Assignment, AssignmentInvalid, EnvironmentBroken, SandboxUnavailable
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load


class ExitCode(IntEnum):
    """What the commands on labs exit with besides 0; a submission is rejected, or a lab fails its check."""

    MACHINE = 1
    WRONG_USE = 2
    REJECTED = 3


LabPath = Annotated[
    Path, typer.Argument(help="A lab folder, an nbgrader notebook or assignment folder.", readable=False)
]
# readable=False: that a path cannot be read is said here, in one line and with the documented exit code.


def open_grader() -> Grader:
    """A grader as the operator's settings want it; whoever asks closes it."""
    try:
        return grader_of(load_settings())
    except SettingsInvalid as error:
        fail(ExitCode.MACHINE, error.message)


def fail(code: ExitCode, message: str) -> Never:
    """Say what is wrong, and end the command."""
    typer.echo(visible_lines(message), err=True)
    raise typer.Exit(code)


def read_lab(path: Path) -> Lab:
    """The lab, or the end of the command with what its author has to mend."""
    try:
        return load(path)
    except LabInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))


def assignment_to_grade(lab: Lab, path: Path, grader: Grader) -> Assignment:
    """The lab ready for grading: everything checked, AUTOTEST lines turned into tests."""
    try:
        assignment = assignment_of(lab, grader.environments)
        if not any(read_master(master).awaits_autotests for master in assignment.masters):
            return assignment
        # nbgrader takes two seconds to import; only labs with AUTOTEST lines pay for it.
        from darsgah_grader.authoring import prepared  # noqa: PLC0415 - see above

        with grader.using(assignment.environment) as sandbox:
            return prepared(assignment, sandbox, course_templates(path))
    except AssignmentInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))
    except (SandboxUnavailable, EnvironmentBroken) as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def course_templates(path: Path) -> bytes | None:
    """The templates of AUTOTEST lines in the nbgrader course that the lab lies in, if it has some."""
    # nbgrader takes two seconds to import; whoever asks for templates needs it anyway.
    from darsgah_grader.authoring import AUTOTESTS_FILE  # noqa: PLC0415 - see above

    templates = path.resolve().parent.parent / AUTOTESTS_FILE
    try:
        return templates.read_bytes() if templates.is_file() else None
    except OSError as error:
        fail(ExitCode.WRONG_USE, f"{templates} cannot be read: {error.strerror}.")
