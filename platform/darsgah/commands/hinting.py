"""`darsgah hint`: a hint with no server and no database.

Exit codes: 0 a hint was given (with ``--each``: the folder went through), 2 wrong use, 3 the submission was
rejected, 1 this machine cannot run it.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from darsgah.commands.hint_report import json_error, json_line, show
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
from darsgah.hinting.lab_hints import GivenHint, give_hint
from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah.hinting.tutors import shipped_tutor
from darsgah.settings import load_settings
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, AssignmentInvalid, GraderError, SubmissionRejected
from darsgah_labs.format import Lab
from darsgah_tutor.engine import Tutor
from darsgah_tutor.types import Level


class Language(StrEnum):
    """The languages that hints come in."""

    ENGLISH = "en"
    URDU = "ur"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the tutor about each submission; ``cell`` is empty for the first that is not right."""

    tutor: Tutor
    grader: Grader
    lab: Lab
    assignment: Assignment
    cell: str
    level: Level
    language: str


def hint_command(
    lab: LabPath,
    submission: Annotated[
        Path | None,
        typer.Argument(help="A notebook, or a folder with notebooks of the lab's names.", readable=False),
    ] = None,
    *,
    each: Annotated[
        Path | None,
        typer.Option(
            help="A hint for every notebook and every folder in this folder, one line each.", readable=False
        ),
    ] = None,
    cell: Annotated[
        str,
        typer.Option(help="The answer's grade_id; without it the first one that is not right.", metavar="ID"),
    ] = "",
    level: Annotated[
        int,
        typer.Option(
            min=0, max=4, help="0 what was seen, 1 where, 2 a question, 3 the idea, 4 another example."
        ),
    ] = 1,
    language: Annotated[Language, typer.Option(help="The hint's language.")] = Language.ENGLISH,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a submission.")] = False,
) -> None:
    """A hint about a submission that is not right yet. Needs no server, no network and no GPU."""
    if (submission is None) == (each is None):
        fail(ExitCode.WRONG_USE, "Name one submission, or a folder of submissions with --each FOLDER.")
    with open_grader() as grader:
        loaded = read_lab(lab)
        assignment = assignment_to_grade(loaded, lab, grader)
        _check_cell(loaded, assignment, cell)
        asked = _Asked(_tutor(), grader, loaded, assignment, cell, Level(level), language.value)
        if each is not None:
            for line in _in_parallel(asked, submissions_in(each), as_json=as_json):
                typer.echo(line)
            return
        if submission is None or not is_there(submission):
            fail(ExitCode.WRONG_USE, f"There is no {submission}.")
        _hint_one(asked, submission, as_json=as_json)


def _hint_one(asked: _Asked, submission: Path, *, as_json: bool) -> None:
    began = time.perf_counter()
    try:
        given = _given(asked, submission)
    except SubmissionRejected as rejected:
        if as_json:
            typer.echo(json_error(str(submission), int(asked.level), rejected.code, rejected.message))
            raise typer.Exit(ExitCode.REJECTED) from rejected
        fail(ExitCode.REJECTED, f"{submission}: {rejected.message}")
    except AssignmentInvalid as error:
        fail(ExitCode.WRONG_USE, str(error))
    except GraderError as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")
    seconds = time.perf_counter() - began
    if as_json:
        typer.echo(json_line(str(submission), given, asked.language, seconds))
    else:
        show(Console(), str(submission), given, asked.language, seconds)


def _given(asked: _Asked, submission: Path) -> GivenHint:
    """The hint about one submission.

    Raises:
        SubmissionRejected: it cannot be read, or has none of the notebooks that are asked about.
    """
    try:
        notebooks = read_submission(submission, asked.assignment)
    except OSError as error:
        raise SubmissionRejected("unreadable", f"It cannot be read: {error.strerror}.") from error
    questions = lab_questions(asked.assignment, asked.lab.alternatives, notebooks, only=asked.cell)
    if not questions:
        raise SubmissionRejected("no_notebook", f"The notebook with {asked.cell or 'a question'} is missing.")
    return give_hint(asked.tutor, asked.grader, asked.lab, questions, asked.level, language=asked.language)


def _tutor() -> Tutor:
    """The one that comes with Darsgah, with an operator's language model where one is set."""
    tutor, settings = shipped_tutor(), load_settings()
    if not settings.tutor_model:
        return tutor
    from darsgah.hinting.own_model import own_rephraser  # noqa: PLC0415 - hints without one load no such code
    from darsgah_tutor.causal.errors import CausalError  # noqa: PLC0415 - as above

    try:
        return replace(tutor, rephraser=own_rephraser(settings))
    except CausalError as error:
        fail(ExitCode.MACHINE, f"DARSGAH_TUTOR_MODEL: {error}")


def _chosen(questions: list[LabQuestion], cell: str) -> list[LabQuestion]:
    return [question for question in questions if not cell or question.question.id == cell]


def _check_cell(lab: Lab, assignment: Assignment, cell: str) -> None:
    """End the command where the lab has no such question, or none at all."""
    try:
        questions = lab_questions(assignment, lab.alternatives, reference_submission(assignment))
    except (AssignmentInvalid, SubmissionRejected) as error:
        fail(ExitCode.WRONG_USE, str(error))
    if not questions:
        fail(
            ExitCode.WRONG_USE,
            "The lab has no answer cell that tests decide about: there is nothing to hint at.",
        )
    if not _chosen(questions, cell):
        ids = ", ".join(question.question.id for question in questions)
        fail(ExitCode.WRONG_USE, f"The lab has no answer cell {cell}. There are: {ids}.")


def _in_parallel(asked: _Asked, children: list[Path], *, as_json: bool) -> Iterator[str]:
    """A line for each submission, on every core this process may use, as they are done."""
    line = _line_for(asked, as_json=as_json)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        futures: list[Future[str]] = [pool.submit(line, child) for child in children]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _line_for(asked: _Asked, *, as_json: bool) -> Callable[[Path], str]:
    """What makes a submission's line; one that fails gives a line with an error."""

    def line(child: Path) -> str:
        began = time.perf_counter()
        try:
            given = _given(asked, child)
        except SubmissionRejected as rejected:
            return _refused(asked, child, rejected.code, rejected.message, as_json=as_json)
        except GraderError as error:
            return _refused(asked, child, "grader", str(error), as_json=as_json)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the others still get their hints
            why = f"It broke off: {type(error).__name__}: {error}"
            return _refused(asked, child, "internal", why, as_json=as_json)
        if as_json:
            return json_line(child.name, given, asked.language, time.perf_counter() - began)
        said = given.hint.text[asked.language].replace("\n", " ")
        return visible(f"{child.name}: {given.question.question.id}: {said}")

    return line


def _refused(asked: _Asked, child: Path, code: str, message: str, *, as_json: bool) -> str:
    if as_json:
        return json_error(child.name, int(asked.level), code, message)
    return visible(f"{child.name}: no hint ({code}): {message}")
