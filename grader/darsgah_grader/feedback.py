"""What people may see of a grade: the learner's copy of the executed notebook, and cells ready to be drawn.

The web process imports this, so nothing here reaches nbgrader, IPython, the pipeline or the sandbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from darsgah_grader.hidden import HiddenText, without_ansi
from darsgah_grader.regions import without_hidden_tests, without_mark_scheme
from darsgah_grader.types import CellGrade, Verdict

_WITHHELD = "[This output is not shown.]\n"


@dataclass(frozen=True, slots=True)
class CellFeedback:
    """What a learner is told about one graded cell: a `CellGrade` without what is for instructors.

    Attributes:
        score: None while the cell waits for a human.
    """

    notebook: str
    grade_id: str
    title: str
    score: float | None
    max_score: float
    verdict: Verdict
    message: str


def learner_feedback(cells: Sequence[CellGrade]) -> tuple[CellFeedback, ...]:
    """The part of the cells' grades that is for the learner, in the same order."""
    return tuple(
        CellFeedback(
            notebook=cell.notebook,
            grade_id=cell.grade_id,
            title=cell.title,
            score=cell.score,
            max_score=cell.max_score,
            verdict=cell.verdict,
            message=cell.message,
        )
        for cell in cells
    )


def learner_notebook(executed: bytes) -> bytes:
    """The executed notebook as its learner may have it.

    Cells with hidden tests get their released source and lose their outputs; marking schemes go; an output of
    any other cell in which text of a hidden test turns up is withheld. The verdicts stay.

    Args:
        executed: one value of `Grade.executed`.
    """
    notebook = msgspec.json.decode(executed)
    cells: list[dict[str, Any]] = notebook["cells"]
    secret = [cell for cell in cells if _darsgah(cell).get("hidden") is True]
    readable = [cell for cell in cells if _darsgah(cell).get("hidden") is not True]
    hidden = HiddenText((cell["source"] for cell in secret), (cell["source"] for cell in readable))
    for cell in secret:
        cell["source"] = without_hidden_tests(cell["source"])
        if "outputs" in cell:
            cell["outputs"] = []
    for cell in readable:
        if _darsgah(cell).get("role") == "task":
            cell["source"] = without_mark_scheme(cell["source"])
        if "outputs" in cell:
            cell["outputs"] = [_shown(output, hidden) for output in cell["outputs"]]
    return msgspec.json.encode(notebook)


def _shown(output: dict[str, Any], hidden: HiddenText) -> dict[str, Any]:
    if any(hidden.is_in(text) for text in _texts(output)):
        return {"output_type": "stream", "name": "stdout", "text": _WITHHELD}
    return output


def _texts(value: object) -> Iterator[str]:
    """Every text in an output; lists of lines also as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield "\n".join(value)
        else:
            for item in value:
                yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)


class OutputKind(StrEnum):
    """How an output is drawn. HTML, SVG, Markdown and LaTeX are a learner's own text: sanitise before use."""

    TEXT = "text"
    STDERR = "stderr"
    ERROR = "error"
    HTML = "html"
    SVG = "svg"
    PNG = "png"
    JPEG = "jpeg"
    MARKDOWN = "markdown"
    LATEX = "latex"


_DRAWN = (
    ("image/png", OutputKind.PNG),
    ("image/jpeg", OutputKind.JPEG),
    ("image/svg+xml", OutputKind.SVG),
    ("text/html", OutputKind.HTML),
    ("text/markdown", OutputKind.MARKDOWN),
    ("text/latex", OutputKind.LATEX),
    ("text/plain", OutputKind.TEXT),
)


@dataclass(frozen=True, slots=True)
class OutputView:
    """One output in its richest form.

    Attributes:
        content: text without terminal codes; for PNG and JPEG base64.
        alternative: the plain text beside a richer form, as a picture's description for instance.
    """

    kind: OutputKind
    content: str
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of an executed notebook, ready to be drawn.

    Attributes:
        kind: ``code``, ``markdown`` or ``raw``.
        role: ``test``, ``answer``, ``manual``, ``task``, ``readonly``, or ``own`` for what is the learner's.
        verdict: of a graded cell; None elsewhere.
    """

    kind: str
    source: str
    role: str
    grade_id: str = ""
    hidden: bool = False
    verdict: Verdict | None = None
    outputs: tuple[OutputView, ...] = ()


def cell_views(notebook: bytes) -> tuple[CellView, ...]:
    """The cells of an executed notebook: the instructor's as `Grade.executed` has it, or a learner's copy."""
    return tuple(_cell_view(cell) for cell in msgspec.json.decode(notebook)["cells"])


def _cell_view(cell: Mapping[str, Any]) -> CellView:
    known = _darsgah(cell)
    verdict = known.get("verdict")
    return CellView(
        kind=cell["cell_type"],
        source=cell["source"],
        role=known.get("role", "own"),
        grade_id=known.get("grade_id", ""),
        hidden=known.get("hidden", False),
        verdict=Verdict(verdict) if verdict is not None else None,
        outputs=tuple(view for output in cell.get("outputs", ()) for view in _output_view(output)),
    )


def _output_view(output: Mapping[str, Any]) -> Iterator[OutputView]:
    if output["output_type"] == "stream":
        kind = OutputKind.STDERR if output["name"] == "stderr" else OutputKind.TEXT
        yield OutputView(kind, without_ansi(_joined(output["text"])))
    elif output["output_type"] == "error":
        trace = without_ansi("\n".join(output["traceback"]))
        yield OutputView(OutputKind.ERROR, trace or f"{output['ename']}: {output['evalue']}")
    else:
        data = output["data"]
        plain = without_ansi(_joined(data.get("text/plain", "")))
        for mime, kind in _DRAWN:
            if mime in data:
                if kind is OutputKind.TEXT:
                    yield OutputView(kind, plain)
                else:
                    yield OutputView(kind, _joined(data[mime]), plain)
                return


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _darsgah(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cell["metadata"].get("darsgah", {})
    return found
