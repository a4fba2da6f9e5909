"""A grade as `darsgah grade` prints it: one JSON object with the documented keys, or a table for people."""

from collections.abc import Iterable, Iterator

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from darsgah.commands.visible_text import encodable, visible, visible_lines
from darsgah.grades.flags import all_flags, flag_view
from darsgah_grader.types import Assurance, CellGrade, Flag, Grade, Verdict

_WORDS = {
    Verdict.PASSED: ("passed", "green"),
    Verdict.PARTIAL: ("part of the points", "yellow"),
    Verdict.FAILED: ("failed", "red"),
    Verdict.TIMEOUT: ("took too long", "red"),
    Verdict.MEMORY: ("too much memory", "red"),
    Verdict.DIED: ("Python stopped", "red"),
    Verdict.NOT_RUN: ("not run", "red"),
    Verdict.MISSING: ("missing", "red"),
    Verdict.UNCHANGED: ("no answer", "red"),
    Verdict.MANUAL: ("waits for a person", "cyan"),
}


class _CellLine(msgspec.Struct, frozen=True):
    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    verdict: str
    flags: list[str]
    assurance: str | None


class _Reason(msgspec.Struct, frozen=True):
    flag: str
    severity: str
    evidence: str


class _ErrorLine(msgspec.Struct, frozen=True):
    code: str
    message: str


class GradeLine(msgspec.Struct, frozen=True):
    """The JSON object of one submission.

    ``score`` null in a cell means that it waits for a human, ``assurance`` null that no test was run for it.
    ``flags`` of the submission are all there are, its cells' included; ``reasons`` has each with its evidence
    and its severity, ``review`` or ``note``.
    """

    submission: str
    score: float | None
    max_score: float
    assurance: str
    flags: list[str]
    reasons: list[_Reason]
    cells: list[_CellLine]
    error: _ErrorLine | None
    seconds: float


def json_line(submission: str, grade: Grade) -> str:
    """The grade as one line of JSON."""
    line = GradeLine(
        submission=encodable(submission),
        score=grade.score,
        max_score=grade.max_score,
        assurance=grade.assurance.value,
        flags=_names(all_flags(grade)),
        reasons=[
            _Reason(flag.name, flag_view(flag).severity, encodable(flag.evidence))
            for flag in all_flags(grade)
        ],
        cells=[
            _CellLine(
                notebook=encodable(cell.notebook),
                grade_id=encodable(cell.grade_id),
                score=cell.score,
                max_score=cell.max_score,
                verdict=cell.verdict.value,
                flags=_names(cell.flags),
                assurance=cell.assurance.value if cell.assurance else None,
            )
            for cell in grade.cells
        ],
        error=_ErrorLine(grade.error.code, encodable(grade.error.message)) if grade.error else None,
        seconds=round(grade.seconds, 4),
    )
    return msgspec.json.encode(line).decode()


def _names(flags: Iterable[Flag]) -> list[str]:
    return list(dict.fromkeys(flag.name for flag in flags))


def points(value: float | None) -> str:
    """Points as people write them; never rounded up."""
    return "-" if value is None else f"{int(value * 100) / 100:g}"


NOTHING_OF_THE_LAB = (
    "None of the lab's graded cells is in it: it is empty, another lab's, or lost the cells' marks. "
    "Where learners hand in, such a notebook is refused."
)


def has_nothing(grade: Grade) -> bool:
    """Whether there are points to be had and not one of their cells was handed in."""
    return bool(grade.cells) and all(cell.verdict is Verdict.MISSING for cell in grade.cells)


def show(console: Console, submission: str, grade: Grade) -> None:
    """Print one grade for people: a table of questions, then what failed, then what to look at."""
    console.print(Group(*_parts(submission, grade)))


def _parts(submission: str, grade: Grade) -> Iterator[RenderableType]:
    if grade.error is not None:
        name = (visible(submission), "bold")
        yield Text.assemble(name, ": ", ("cannot be graded", "red"), f" ({grade.error.code})")
        yield Text(visible_lines(grade.error.message))
        return
    several = len({cell.notebook for cell in grade.cells}) > 1
    title = Text(visible(submission))
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Question", overflow="fold")
    table.add_column("Points", justify="right")
    table.add_column("Outcome")
    for cell in grade.cells:
        question = f"{cell.notebook}: {cell.title}" if several else cell.title
        word, style = _WORDS[cell.verdict]
        table.add_row(
            Text(visible(question)), f"{points(cell.score)} / {points(cell.max_score)}", Text(word, style)
        )
    yield table
    yield from (_explained(cell) for cell in grade.cells if cell.message)
    waiting = sum(cell.score is None for cell in grade.cells)
    total = f"\n{points(grade.score)} of {points(grade.max_score)} points"
    yield Text(total + (f"; {waiting} to be marked by a person" if waiting else ""), "bold")
    if has_nothing(grade):
        yield Text(NOTHING_OF_THE_LAB, "yellow")
    yield from (_flag_line(flag) for flag in grade.flags)
    yield from (_flag_line(flag, cell) for cell in grade.cells for flag in cell.flags)
    yield Text(
        f"Assurance {_assurance(grade)}, sandbox {grade.sandbox.value}, {grade.seconds:.2f} s "
        f"({grade.code_seconds:.2f} s of them the notebook's own code)",
        "dim",
    )


def _flag_line(flag: Flag, cell: CellGrade | None = None) -> Text:
    title = flag_view(flag).title
    in_words = f" ({title})" if title != flag.name else ""
    where = f" at {visible(cell.title)}" if cell else ""
    evidence = f": {visible(flag.evidence)}" if flag.evidence else ""
    return Text.assemble(("Flag ", "yellow"), flag.name, in_words, where, evidence)


def _assurance(grade: Grade) -> str:
    """The level, and of a grade of both how many tests ran apart from the learner's code."""
    tests = [cell.assurance for cell in grade.cells if cell.assurance is not None]
    apart = tests.count(Assurance.SPLIT)
    if 0 < apart < len(tests):
        return f"{grade.assurance.value} ({apart} of {len(tests)} tests split)"
    return grade.assurance.value


def _explained(cell: CellGrade) -> Text:
    return Text.assemble("\n", (visible(cell.title), "bold"), "\n", visible_lines(cell.message))
