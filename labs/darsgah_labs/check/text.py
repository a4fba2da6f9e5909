"""The fifth check: the text. Reading time, examples, headings, pictures, links, languages, outputs, hints."""

import ast
import re
from collections.abc import Sequence
from urllib.parse import unquote

from darsgah_labs.check.findings import Findings, listed
from darsgah_labs.check.grading import Grading
from darsgah_labs.check.markdown import Link, Picture, Said, anchor, said_in
from darsgah_labs.check.questions import Question, questions_of
from darsgah_labs.check.report import Part
from darsgah_labs.format import Lab, LabKind
from darsgah_labs.mutation.solution_source import hide_magics
from darsgah_labs.notebook import SourceNotebook, cell_source, read_notebook
from darsgah_labs.text import is_urdu

WORDS_A_MINUTE = 120
"""For people who read to understand, many of them in their second or third language."""

LINES_A_MINUTE = 15
"""Of example code, run and looked at."""

ENOUGH_MISCONCEPTIONS = 8
_MUCH_READING = 0.6
_HIDDEN = re.compile(
    r"^\s*### BEGIN HIDDEN TESTS.*?^\s*### END HIDDEN TESTS[ \t]*$", re.MULTILINE | re.DOTALL
)
_REMOTE = ("http://", "https://", "//", "ftp://")
_INSTEAD = {
    "picture": (
        "Save the picture, open the notebook in Jupyter, double-click the cell and drag the picture into it: "
        "Jupyter keeps it in the notebook as an attachment. Then delete the old line."
    ),
    "frame": "Take it out: put a picture of it into the cell, or link to it for those who have a network.",
}
"""What to do about something from another site."""


def check_text(lab: Lab, grading: Grading, findings: Findings) -> int:
    """Check the text of a lab.

    Returns:
        The minutes that reading takes, estimated.
    """
    notebooks = [read_notebook(content, name, f"{name}.ipynb") for name, content in lab.notebooks.items()]
    ours = lab.kind is LabKind.FOLDER
    minutes = 0.0
    for notebook in notebooks:
        said = said_in(notebook)
        minutes += said.words / WORDS_A_MINUTE + _example_lines(notebook) / LINES_A_MINUTE
        _pictures(lab, notebook, said.pictures, findings)
        _links(lab, notebook, said, findings)
        _headings(notebook, said, findings, ours=ours)
        _outputs(notebook, findings, ours=ours)
        for question in questions_of(notebook):
            _shown(question, findings)
        _messages(notebook, findings)
    _languages(lab, findings)
    _hints(lab, findings, ours=ours)
    _examples(lab, grading, findings)
    _reading(lab, minutes, findings)
    return round(minutes)


def _example_lines(notebook: SourceNotebook) -> int:
    """Lines of code that are there to be read: neither answers nor tests."""
    own = {cell.index for cell in notebook.graded if cell.is_answer or cell.is_test}
    return sum(
        sum(bool(line.strip()) for line in cell_source(cell).splitlines())
        for index, cell in enumerate(notebook.cells)
        if cell.get("cell_type") == "code" and index not in own
    )


def _reading(lab: Lab, minutes: float, findings: Findings) -> None:
    stated = lab.manifest.minutes if lab.manifest else None
    if stated is None:
        return
    if minutes > stated:
        message = (
            f"Reading alone takes about {minutes:.0f} minutes; lab.toml promises {stated} for everything."
        )
        findings.problem(Part.TEXT, "reading_time", message)
    elif minutes > _MUCH_READING * stated:
        message = (
            f"Reading takes about {minutes:.0f} of the {stated} minutes: is there time to do the questions?"
        )
        findings.warning(Part.TEXT, "reading_time", message)


def _shown(question: Question, findings: Findings) -> None:
    """Tests for every answer, and something of what is asked that the learner can see."""
    names = listed(cell.grade_id for cell in question.answers)
    if not question.tests:
        message = f"No test marks {names}. Put a test cell after it, or mark it as manually graded."
        findings.problem(Part.TEXT, "no_test", message)
        return
    visible = any(_statements(_HIDDEN.sub("", test.source)) for test in question.tests)
    if not visible and not _has_example(question):
        message = f"{names}: the learner sees neither a test nor an example. Leave at least one test visible."
        findings.problem(Part.TEXT, "nothing_visible", message)


def _statements(source: str) -> bool:
    try:
        return bool(ast.parse(hide_magics(source.encode())).body)
    except (SyntaxError, ValueError, RecursionError):
        return bool(source.strip())


def _has_example(question: Question) -> bool:
    """Whether the question's text or its answers' docstrings show a call of what is to be written."""
    defined = {node.name for answer in question.answers for node in _definitions(answer.source)}
    cells = question.notebook.cells[question.first : question.last + 1]
    text = "\n".join(cell_source(cell) for cell in cells if cell.get("cell_type") == "markdown")
    return any(f"{name}(" in text for name in defined) or any(
        ">>>" in cell.source for cell in question.answers
    )


def _definitions(source: str) -> list[ast.FunctionDef | ast.ClassDef]:
    try:
        tree = ast.parse(hide_magics(source.encode()))
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _messages(notebook: SourceNotebook, findings: Findings) -> None:
    """An assertion without a message tells the learner nothing that they could mend."""
    silent: list[str] = []
    for test in (cell for cell in notebook.graded if cell.is_test):
        try:
            tree = ast.parse(hide_magics(test.source.encode()))
        except (SyntaxError, ValueError, RecursionError):
            continue
        if any(isinstance(node, ast.Assert) and node.msg is None for node in ast.walk(tree)):
            silent.append(test.grade_id)
    if silent:
        message = f"Assertions without a message, which tell a learner nothing: {listed(silent)}."
        findings.warning(Part.TEXT, "silent_assertion", message)


def _pictures(lab: Lab, notebook: SourceNotebook, pictures: Sequence[Picture], findings: Findings) -> None:
    for picture in pictures:
        place = f"{notebook.name}.ipynb, cell {picture.cell}"
        shown = picture.target[:80]
        if picture.alternative is None:
            message = f"{place}: the picture {shown!r} has no alternative text for those who cannot see it."
            findings.problem(Part.TEXT, "image_without_text", message)
        if picture.target.startswith(_REMOTE):
            kind = "frame" if picture.framed else "picture"
            message = (
                f"{place}: the {kind} {shown!r} comes from another site, and labs work without a network. "
                f"{_INSTEAD[kind]}"
            )
            findings.problem(Part.TEXT, "external_resource", message)
        elif not _is_there(lab, notebook, picture.target, picture.cell):
            findings.problem(Part.TEXT, "broken_link", f"{place}: there is no picture {shown!r} in the lab.")


def _links(lab: Lab, notebook: SourceNotebook, said: Said, findings: Findings) -> None:
    anchors = {anchor(heading.text) for heading in said.headings}
    outside: list[Link] = []
    for link in said.links:
        if link.target.startswith((*_REMOTE, "mailto:")):
            outside.append(link)
        elif link.target.startswith("#"):
            if anchor(unquote(link.target)) not in anchors:
                message = (
                    f"{notebook.name}.ipynb, cell {link.cell}: no heading fits the link {link.target!r}."
                )
                findings.problem(Part.TEXT, "broken_link", message)
        elif not _is_there(lab, notebook, link.target.partition("#")[0], link.cell):
            message = f"{notebook.name}.ipynb, cell {link.cell}: {link.target!r} is not in the lab."
            findings.problem(Part.TEXT, "broken_link", message)
    if outside:
        message = (
            f"The text links outside ({listed(link.target for link in outside)}); nobody may need that page."
        )
        findings.warning(Part.TEXT, "external_link", message)


def _is_there(lab: Lab, notebook: SourceNotebook, target: str, cell: int) -> bool:
    """Whether a relative target is one of the lab's files, another notebook, or the cell's attachment."""
    name = unquote(target).removeprefix("./")
    if name.startswith("data:"):
        return True
    if name.startswith("attachment:"):
        return name.removeprefix("attachment:") in notebook.cells[cell - 1].get("attachments", {})
    return name in lab.files or name.removesuffix(".ipynb") in lab.notebooks


def _headings(notebook: SourceNotebook, said: Said, findings: Findings, *, ours: bool) -> None:
    """One title, and no level left out: people who do not see the page move by headings."""
    tell = findings.problem if ours else findings.warning
    place = f"{notebook.name}.ipynb"
    titles = [heading for heading in said.headings if heading.level == 1]
    if len(titles) != 1 or said.headings[0].level != 1:
        message = f"{place}: it has {len(titles)} headings of level 1; it needs one, before all others."
        tell(Part.TEXT, "heading_order", message)
    for above, heading in zip(said.headings, said.headings[1:], strict=False):
        if heading.level > above.level + 1:
            message = (
                f"{place}, cell {heading.cell}: the heading {heading.text!r} of level {heading.level} "
                f"follows one of level {above.level}."
            )
            tell(Part.TEXT, "heading_order", message)


def _outputs(notebook: SourceNotebook, findings: Findings, *, ours: bool) -> None:
    """A source notebook carries no outputs: they age, and nobody is given them."""
    cells = [str(index + 1) for index, cell in enumerate(notebook.cells) if cell.get("outputs")]
    if cells:
        message = f"{notebook.name}.ipynb: cells with outputs: {listed(cells)}. Clear them before you save."
        (findings.problem if ours else findings.warning)(Part.TEXT, "output_in_source", message)


def _languages(lab: Lab, findings: Findings) -> None:
    """A lab folder cannot be read without its Urdu texts; a plain nbgrader lab has no place for them."""
    if not is_urdu(lab.summary.ur):
        findings.warning(Part.TEXT, "urdu_summary", "It has no Urdu title and summary; a lab.toml has them.")


def _hints(lab: Lab, findings: Findings, *, ours: bool) -> None:
    known = len(lab.hint_bank.misconceptions)
    if known < ENOUGH_MISCONCEPTIONS:
        what = f"hints.toml has {known} misconceptions" if ours else "It has no bank of misconceptions"
        message = f"{what}; the tutor needs {ENOUGH_MISCONCEPTIONS} or more."
        findings.warning(Part.TEXT, "few_misconceptions", message)


def _examples(lab: Lab, grading: Grading, findings: Findings) -> None:
    """An example that comes too near the solution is never told: learners get a plainer one instead."""
    for entry in lab.hint_bank.misconceptions:
        example = entry.hints.example
        if example is None:
            continue
        for answer in entry.answers:
            if why := grading.refusal_of(answer, f"{example.en}\n{example.ur}"):
                message = f"The tutor would not tell the example of {entry.name} about {answer}: {why}."
                findings.problem(Part.TEXT, "example_tells", message)
