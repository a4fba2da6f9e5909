"""`darsgah tutor calibrate`: what a threshold would mean for one lab, without a server.

Exit codes: 0 measured, 2 the lab cannot be read or has no question with two solutions, 1 this machine cannot
run the answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from darsgah.commands.lab_reading import (
    ExitCode,
    LabPath,
    assignment_to_grade,
    fail,
    open_grader,
    read_lab,
)
from darsgah.commands.visible_text import visible
from darsgah.hinting.calibrating import MOST, Extent, Progress, measure
from darsgah.hinting.evaluation.lab_cases import questions_of
from darsgah.hinting.tutors import shipped_tutor
from darsgah.tutoring.gate_figures import (
    PRECISION,
    GateFigures,
    Measured,
    Proportion,
    figures_at,
    proposed,
    table,
)
from darsgah_grader.types import AssignmentInvalid, GraderError


class _Printed(msgspec.Struct, frozen=True):
    """What ``--json`` prints; ``proposed`` is null where no threshold reaches 95 % right."""

    lab: str
    tutor: str
    questions: int
    answers: int
    own: GateFigures
    proposed: GateFigures | None
    rows: tuple[GateFigures, ...]


def tutor_calibrate_command(
    lab: LabPath,
    *,
    most: Annotated[int, typer.Option(min=1, max=1000, help="Wrong answers that it rests on.")] = MOST,
    seed: Annotated[int, typer.Option(help="Which answers are drawn.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What a threshold means for a lab: how many hints it lets through, and how many of them are right."""
    with open_grader() as grader:
        loaded = read_lab(lab)
        try:
            questions = questions_of(loaded.slug, loaded, assignment_to_grade(loaded, lab, grader))
            if not questions:
                fail(
                    ExitCode.WRONG_USE,
                    "No question of the lab has a second solution to make wrong answers from: write one into "
                    "solutions/ (docs/lab-format.md).",
                )
            with _progress() as progress:
                measured = measure(
                    shipped_tutor(), grader, questions, Extent(most, seed=seed), progress=progress
                )
        except AssignmentInvalid as error:
            fail(ExitCode.WRONG_USE, str(error))
        except GraderError as error:
            fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")
    printed = _printed(loaded.slug, measured)
    if as_json:
        typer.echo(msgspec.json.encode(printed).decode())
    else:
        _show(printed)


def _printed(lab: str, measured: Measured) -> _Printed:
    least = proposed(measured.answers)
    return _Printed(
        lab=lab,
        tutor=measured.tutor,
        questions=measured.questions,
        answers=len(measured.answers),
        own=figures_at(measured.answers, measured.threshold),
        proposed=least,
        rows=table(measured.answers, measured.threshold, least.threshold if least else None),
    )


def _show(printed: _Printed) -> None:
    console = Console()
    rows = Table("threshold", "right of those told", "told of all", title=visible(printed.lab))
    for row in printed.rows:
        marks = [
            "the tutor's own" if row.threshold == printed.own.threshold else "",
            "proposed" if printed.proposed and row.threshold == printed.proposed.threshold else "",
        ]
        named = ", ".join(mark for mark in marks if mark)
        name = f"{row.threshold:.0%}{f' ({named})' if named else ''}"
        rows.add_row(name, _shown(row.precision), _shown(row.coverage))
    console.print(rows)
    console.print(
        f"{printed.answers} wrong answers to {printed.questions} questions, made from the lab's solutions; "
        "intervals hold 95 % (Wilson).",
        highlight=False,
    )
    if printed.proposed is None:
        console.print(f"No threshold reaches {PRECISION:.0%} right with ten hints told.", highlight=False)


def _shown(share: Proportion) -> str:
    if not share.n:
        return "-"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%}), {share.hits} of {share.n}"


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("answers", total=None)

        def tell(done: int, most: int) -> None:
            bar.update(task, completed=done, total=most)

        yield tell
