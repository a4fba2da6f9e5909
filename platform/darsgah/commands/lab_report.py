"""A lab's report as `darsgah lab check` prints it for people."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from darsgah.commands.visible_text import visible, visible_lines
from darsgah_labs.check.report import ENOUGH, LabReport, Part, PartReport, QuestionReport, Survivor

_PARTS = {
    Part.REFERENCE: "Reference solution",
    Part.RELEASE: "Learner's version",
    Part.MUTATION: "Mutants",
    Part.ALTERNATIVES: "Other solutions",
    Part.TEXT: "Text",
}
_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "dim")}
_WIDTH = 20


def show(console: Console, report: LabReport) -> None:
    """Print the report: the five checks, the questions, the survivors, what to mend."""
    console.print(Group(*_sections(report)))


def _sections(report: LabReport) -> Iterator[RenderableType]:
    outcome = ("passes its check", "bold green") if report.ok else ("does not pass its check", "bold red")
    yield Text.assemble((visible(report.lab), "bold"), " ", outcome, f"  ({report.seconds:.0f} s)")
    yield ""
    yield _parts(report.parts)
    if report.questions:
        yield ""
        yield _questions(report.questions)
    for question in report.questions:
        for survivor in question.survivors:
            yield ""
            yield _survivor(question, survivor)
    for title, style, found in (
        ("To mend", "red", report.problems),
        ("To look at", "yellow", report.warnings),
    ):
        if found:
            yield ""
            yield Text(title, f"bold {style}")
            for problem in found:
                told = Text.assemble((problem.code, style), "  ", visible_lines(problem.message))
                yield Padding(told, (0, 0, 0, 2))


def _parts(parts: tuple[PartReport, ...]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for part in parts:
        mark, style = _MARKS[part.ok]
        table.add_row(Text(mark, style), _PARTS[part.part], Text(visible(part.summary)))
    return table


def _questions(questions: tuple[QuestionReport, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("Question", "Caught"):
        table.add_column(heading, justify="right" if heading == "Caught" else "left")
    table.add_column("")
    table.add_column("")
    for question in questions:
        score = question.score
        style = "dim" if score is None else "green" if score >= ENOUGH else "yellow"
        share = "" if score is None else f"{score:.0%}"
        marked = f"{question.equivalent} marked equivalent" if question.equivalent else ""
        full = int(_WIDTH * (score or 0.0))  # never drawn full while one survives
        bar = Text.assemble(("━" * full, style), ("━" * (_WIDTH - full), "bright_black"), f" {share}")
        table.add_row(
            Text(visible(question.grade_id)),
            f"{question.caught}/{question.mutants}",
            bar,
            Text(marked, "dim"),
        )
    return table


def _survivor(question: QuestionReport, survivor: Survivor) -> Group:
    title = f"{visible(question.grade_id)}, line {survivor.line}: survived  ({visible(question.title)})"
    lines = [
        Text(visible(line), "red" if line.startswith("-") else "green") for line in survivor.diff.split("\n")
    ]
    tests = ", ".join(visible(test) for test in question.tests)
    advice = Text(f"{survivor.advice} ({survivor.kind}; {tests})", "italic")
    return Group(Rule(title, align="left", style="dim"), *lines, advice)
