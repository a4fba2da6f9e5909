"""`darsgah grade`: grading with no server and no database.

Exit codes of ``grade``: 0 a grade was given (with ``--each``: the batch went through), 2 wrong use, 3 the
submission was rejected, 1 this machine cannot grade.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from darsgah.commands.grade_report import has_nothing, json_line, points, show
from darsgah.commands.lab_reading import (
    ExitCode,
    LabPath,
    assignment_to_grade,
    fail,
    open_grader,
    read_lab,
)
from darsgah.commands.submission_files import is_there, read_submission, submissions_in
from darsgah.commands.visible_text import visible
from darsgah.grades.flags import all_flags
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.types import (
    Assignment,
    AssignmentInvalid,
    Assurance,
    EnvironmentBroken,
    Grade,
    GradeError,
    GraderError,
    SandboxLevel,
    SandboxUnavailable,
    SubmissionRejected,
)


def grade_command(
    lab: LabPath,
    submission: Annotated[
        Path | None,
        typer.Argument(help="A notebook, or a folder with notebooks of the lab's names.", readable=False),
    ] = None,
    each: Annotated[
        Path | None,
        typer.Option(help="Grade every notebook and every folder in this folder.", readable=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a submission.")] = False,
    assurance: Annotated[
        Assurance | None,
        typer.Option(
            help="Insist on a level; without it every test that can be runs apart from the learner's code.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Grade one submission, or with --each a folder of them. Needs no server and no database."""
    if (submission is None) == (each is None):
        fail(ExitCode.WRONG_USE, "Name one submission, or a folder of submissions with --each FOLDER.")
    with open_grader() as grader:
        assignment = assignment_to_grade(read_lab(lab), lab, grader)
        if assurance is Assurance.SPLIT:
            _insist_on_split(grader, assignment)
        if each is not None:
            _grade_each(grader, assignment, submissions_in(each), assurance, as_json=as_json)
            return
        if submission is None or not is_there(submission):
            fail(ExitCode.WRONG_USE, f"There is no {submission}.")
        result = _grade_one(grader, assignment, submission, assurance)
    if as_json:
        typer.echo(json_line(str(submission), result))
    else:
        show(Console(), str(submission), result)
    if result.error is not None:
        raise typer.Exit(ExitCode.REJECTED)


def _grade_one(
    grader: Grader, assignment: Assignment, submission: Path, assurance: Assurance | None
) -> Grade:
    try:
        return _graded(grader, assignment, submission, assurance)
    except (SandboxUnavailable, EnvironmentBroken) as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def _insist_on_split(grader: Grader, assignment: Assignment) -> None:
    try:
        grader.check_split(assignment)
    except AssignmentInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))
    except (SandboxUnavailable, EnvironmentBroken) as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def _graded(grader: Grader, assignment: Assignment, submission: Path, assurance: Assurance | None) -> Grade:
    try:
        notebooks = read_submission(submission, assignment)
    except SubmissionRejected as rejected:
        return _without_grade(assignment, rejected.code, rejected.message)
    except OSError as error:
        return _without_grade(assignment, "unreadable", f"It cannot be read: {error.strerror}.")
    return grader.grade(assignment, notebooks, assurance)


def _without_grade(assignment: Assignment, code: str, message: str) -> Grade:
    return Grade(
        score=None,
        max_score=sum(read_master(master).max_score for master in assignment.masters),
        assurance=Assurance.IN_PROCESS,
        sandbox=SandboxLevel.NONE,
        error=GradeError(code, message),
    )


def _grade_each(
    grader: Grader,
    assignment: Assignment,
    children: list[Path],
    assurance: Assurance | None,
    *,
    as_json: bool,
) -> None:
    """Grade submissions over all cores; each is printed when it is done."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Grading", total=len(children))
        for child, result in _in_parallel(grader, assignment, children, assurance):
            progress.advance(task)
            typer.echo(json_line(child.name, result) if as_json else _summary(child.name, result))


def _in_parallel(
    grader: Grader, assignment: Assignment, children: list[Path], assurance: Assurance | None
) -> Iterator[tuple[Path, Grade]]:
    """Grade on every core this process may use; a submission that fails gives a grade with an error."""

    def work(child: Path) -> Grade:
        try:
            return _graded(grader, assignment, child, assurance)
        except GraderError as error:
            return _without_grade(assignment, "grader", str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other submissions are still graded
            return _without_grade(
                assignment, "internal", f"Grading broke off: {type(error).__name__}: {error}"
            )

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        futures: dict[Future[Grade], Path] = {pool.submit(work, child): child for child in children}
        try:
            for future in as_completed(futures):
                yield futures.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _summary(name: str, result: Grade) -> str:
    if result.error is not None:
        return visible(f"{name}: not graded ({result.error.code}): {result.error.message}")
    waiting = sum(cell.score is None for cell in result.cells)
    flags = {flag.name for flag in all_flags(result)}
    return (
        f"{visible(name)}: {points(result.score)} of {points(result.max_score)}"
        + (f", {waiting} to be marked by a person" if waiting else "")
        + (", none of the lab's graded cells is in it" if has_nothing(result) else "")
        + (f", flags: {', '.join(sorted(flags))}" if flags else "")
    )
