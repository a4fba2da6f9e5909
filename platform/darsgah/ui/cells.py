"""A notebook made ready to be read on a page, cell by cell, the way JupyterLab shows it.

Works on any JSON that calls itself a notebook of format 4: what does not fit is left out, never raised,
since a learner's file is shown as it came. Nothing in it reaches the page unescaped or uncleaned.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from darsgah.ui.richtext import code, foreign_html, markdown
from darsgah_grader.hidden import without_ansi

TEXT_LIMIT = 20_000
"""Characters of one output that a page shows; the notebook itself holds the rest."""
SOURCE_LIMIT = 50_000
"""The same for one cell: highlighting takes about a second for each 200,000."""
PAGE_LIMIT = 4_000_000
"""Characters of sources and outputs that a page shows of one notebook: a learner may hand in 20 MB."""


@dataclass(frozen=True, slots=True)
class OutputView:
    """One output below a code cell: ``kind`` is text, stderr, error, image or html."""

    kind: str
    html: Markup
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell.

    Attributes:
        kind: code, markdown or raw.
        number: the execution count of a code cell that ran.
        grade_id: nbgrader's identifier, for cells that it knows; else empty.
        shortened: the notebook holds more of the source than is shown.
    """

    kind: str
    html: Markup
    number: int | None = None
    outputs: tuple[OutputView, ...] = ()
    grade_id: str = ""
    shortened: bool = False


class _Room:
    """What is left of a page for one notebook."""

    def __init__(self) -> None:
        self._left = PAGE_LIMIT

    def source(self, text: str) -> tuple[str, bool]:
        """As much of a cell as fits, and whether that is not all."""
        shown = text[: max(0, min(SOURCE_LIMIT, self._left))]
        self._left -= len(shown)
        return shown, len(shown) < len(text)

    def outputs(self, views: Iterable[OutputView]) -> Iterator[OutputView]:
        """The outputs that fit; where they end, one that says so."""
        for view in views:
            if len(view.html) > self._left:
                yield OutputView("text", Markup(""), shortened=True)
                return
            self._left -= len(view.html)
            yield view


def notebook_cells(content: bytes) -> tuple[CellView, ...]:
    """The cells of a notebook.

    Raises:
        ValueError: the bytes are not JSON at all.
    """
    notebook = json.loads(content)
    language = _text(_get(notebook, "metadata", "kernelspec", "language")) or "python"
    cells, room = _get(notebook, "cells"), _Room()
    return (
        tuple(_cell(cell, language, room) for cell in cells if isinstance(cell, dict))
        if isinstance(cells, list)
        else ()
    )


def _cell(cell: dict[str, Any], language: str, room: _Room) -> CellView:
    kind = _text(cell.get("cell_type"))
    source, shortened = room.source(_text(cell.get("source")))
    metadata = cell.get("metadata")
    grade_id = _text(_get(metadata, "darsgah", "grade_id")) or _text(_get(metadata, "nbgrader", "grade_id"))
    if kind == "markdown":
        html = markdown(source, attachments=dict(_attachments(cell)))
        return CellView("markdown", html, grade_id=grade_id, shortened=shortened)
    if kind != "code":
        return CellView("raw", code(source, "text"), grade_id=grade_id, shortened=shortened)
    count = cell.get("execution_count")
    outputs = cell.get("outputs")
    return CellView(
        "code",
        code(source, language),
        number=count if isinstance(count, int) else None,
        outputs=tuple(room.outputs(_outputs(outputs))) if isinstance(outputs, list) else (),
        grade_id=grade_id,
        shortened=shortened,
    )


def _outputs(outputs: list[Any]) -> Iterator[OutputView]:
    for output in outputs:
        if not isinstance(output, dict):
            continue
        match output.get("output_type"):
            case "stream":
                kind = "stderr" if output.get("name") == "stderr" else "text"
                yield _plain(kind, _text(output.get("text")))
            case "error":
                trace = "\n".join(line for line in _list(output.get("traceback")) if isinstance(line, str))
                yield _plain("error", trace or f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}")
            case "display_data" | "execute_result":
                data = output.get("data")
                if isinstance(data, dict):
                    yield _rich(data)


def _rich(data: dict[str, Any]) -> OutputView:
    """The richest form that can be shown safely."""
    for mime in ("image/png", "image/jpeg"):
        picture = _base64(_text(data.get(mime)))
        if picture:
            return _image(mime, picture)
    if vector := _text(data.get("image/svg+xml")):
        return _image("image/svg+xml", base64.b64encode(vector.encode()).decode())
    if (html := _text(data.get("text/html"))) and len(html) <= TEXT_LIMIT:
        return OutputView("html", foreign_html(html))
    if source := _text(data.get("text/markdown")):
        return OutputView("html", markdown(source[:TEXT_LIMIT]), shortened=len(source) > TEXT_LIMIT)
    return _plain("text", _text(data.get("text/plain")) or _text(data.get("text/latex")))


def _image(mime: str, encoded: str) -> OutputView:
    """A picture as an ``<img>``, where even a scripted SVG is only a picture."""
    return OutputView("image", Markup("data:{};base64,{}").format(mime, encoded))


def _plain(kind: str, text: str) -> OutputView:
    bare = without_ansi(text)
    return OutputView(
        kind,
        Markup('<pre dir="ltr" tabindex="0">{}</pre>').format(bare[:TEXT_LIMIT]),
        shortened=len(bare) > TEXT_LIMIT,
    )


def _attachments(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    attached = cell.get("attachments")
    for name, forms in attached.items() if isinstance(attached, dict) else ():
        for mime in ("image/png", "image/jpeg", "image/gif"):
            if encoded := _base64(_text(_get(forms, mime))):
                yield name, f"data:{mime};base64,{encoded}"


def _base64(text: str) -> str:
    """The text without line breaks when it is base64, else nothing."""
    packed = "".join(text.split())
    try:
        base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return packed


def _text(value: object) -> str:
    """Notebook format lets a text be a string or a list of lines."""
    if isinstance(value, str):
        return value
    return "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _get(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
