"""From the bytes of an upload to a checked notebook, or a refusal that says what to do.

Everything here is safe to call on hostile bytes: strict JSON, outputs skipped unread, sizes and counts
bounded. The web process calls it at upload, so it imports only the JSON decoder.

Codes of `SubmissionRejected` raised here, which are stable: ``too_large``, ``zip``, ``not_text``,
``not_json``, ``too_deep``, ``not_a_notebook``, ``unsupported_format``, ``too_many_cells``,
``too_many_attachments``, ``forbidden_character``.
"""

from codecs import getincrementaldecoder
from collections.abc import Mapping
from typing import Any, Never

import msgspec

from darsgah_grader.notebook import Cell, CellKind, Notebook
from darsgah_grader.types import Limits, SubmissionRejected

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make source read differently from how it runs (CVE-2021-42574)."""

_ATTACHMENTS = 1000
_OLDEST, _CURRENT = 2, 4


class _RawCell(msgspec.Struct):
    """A cell of nbformat 2 to 4; fields that are not named (outputs above all) are skipped unread."""

    cell_type: str
    source: str | list[str] = ""
    input: str | list[str] = ""
    level: int = 1
    metadata: dict[str, Any] = {}
    attachments: dict[str, dict[str, str | list[str]]] | None = None


class _Worksheet(msgspec.Struct):
    """nbformat 2 and 3 keep their cells in worksheets."""

    cells: list[_RawCell] = []


class _RawNotebook(msgspec.Struct):
    """The outer object; ``cells`` is nbformat 4's place, ``worksheets`` that of 2 and 3."""

    nbformat: int
    metadata: dict[str, Any] = {}
    cells: list[_RawCell] | None = None
    worksheets: list[_Worksheet] | None = None


_DECODER = msgspec.json.Decoder(_RawNotebook)


def read_notebook(content: bytes, limits: Limits) -> Notebook:
    """Check and decode an uploaded notebook of nbformat 2 to 4, the older ones upgraded.

    Raises:
        SubmissionRejected: with one of the codes in the module's docstring.
    """
    if len(content) > limits.submission_bytes:
        _refuse(
            "too_large",
            f"The file is larger than the {limits.submission_bytes / 1024 / 1024:g} MiB that can be graded. "
            "Clear the outputs (Kernel, Restart and clear outputs), take large pictures out, save and hand "
            "in again.",
        )
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        _refuse(
            "zip", "This is a packed archive. Unpack it and hand in the notebook itself, the .ipynb file."
        )
    raw = _decode(content.removeprefix(b"\xef\xbb\xbf"))
    if not _OLDEST <= raw.nbformat <= _CURRENT:
        _refuse(
            "unsupported_format",
            f"The notebook says it has format {raw.nbformat}; formats {_OLDEST} to {_CURRENT} can be graded. "
            "Open it in Jupyter, save it and hand it in again.",
        )
    cells = _cells(raw)
    if len(cells) > limits.cells:
        _refuse(
            "too_many_cells",
            f"The notebook has {len(cells)} cells, and {limits.cells} is the most that can be graded. "
            "Hand in the notebook of the lab with your answers in it.",
        )
    if sum(len(cell.attachments or ()) for cell in cells) > _ATTACHMENTS:
        _refuse(
            "too_many_attachments",
            f"The notebook has more than {_ATTACHMENTS} attached files. Take some out.",
        )
    return Notebook(tuple(_cell(raw_cell, raw.nbformat) for raw_cell in cells), _language(raw.metadata))


def _refuse(code: str, message: str) -> Never:
    raise SubmissionRejected(code, message)


def _decode(content: bytes) -> _RawNotebook:
    try:
        return _DECODER.decode(content)
    except msgspec.ValidationError as error:
        _refuse(
            "not_a_notebook",
            f"This is not a Jupyter notebook as nbformat describes it ({error}). Open it in Jupyter; if it "
            "opens, save it and hand in again.",
        )
    except UnicodeDecodeError:
        _refuse_encoding()
    except RecursionError:
        _refuse("too_deep", "The file is nested too deeply for a notebook. Hand in the notebook of the lab.")
    except msgspec.DecodeError as error:
        if not _is_text(content):
            _refuse_encoding()
        _refuse(
            "not_json",
            f"The file cannot be read as JSON ({error}). It may have been cut off or edited by hand, or hold "
            "NaN in an output: open it in Jupyter, clear the outputs, save and hand in again.",
        )


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8, even cut off within a character; UTF-16 and programs have zero bytes."""
    try:
        getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _refuse_encoding() -> Never:
    _refuse("not_text", "The file is not UTF-8 text. Hand in the notebook itself, the .ipynb file.")


def _cells(raw: _RawNotebook) -> list[_RawCell]:
    if raw.nbformat >= _CURRENT:
        if raw.cells is None:
            _refuse(
                "not_a_notebook",
                "The notebook has no list of cells. Open it in Jupyter, save and hand in again.",
            )
        return raw.cells
    if raw.worksheets is None:
        _refuse(
            "not_a_notebook", "The notebook has no worksheets. Open it in Jupyter, save and hand in again."
        )
    return [cell for worksheet in raw.worksheets for cell in worksheet.cells]


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _cell(raw: _RawCell, nbformat: int) -> Cell:
    kind, source = raw.cell_type, _joined(raw.source)
    if nbformat < _CURRENT:
        kind, source = _upgraded(raw)
    if kind not in set(CellKind):
        _refuse(
            "not_a_notebook",
            f"The notebook has a cell of the type {kind[:40]!r}, which Jupyter does not know. "
            "Open it in Jupyter, save and hand in again.",
        )
    if "\0" in source:
        _refuse(
            "forbidden_character",
            "A cell holds a NUL character, which Python cannot run. Type that line anew.",
        )
    metadata = raw.metadata
    return Cell(
        kind=CellKind(kind),
        source=source,
        nbgrader=_mapping(metadata.get("nbgrader")),
        tags=tuple(tag for tag in _list(metadata.get("tags")) if isinstance(tag, str)),
        title=_text(_mapping(metadata.get("darsgah")).get("title")),
        attachments={
            name: {mime: _joined(data) for mime, data in bundle.items()}
            for name, bundle in (raw.attachments or {}).items()
        },
    )


def _upgraded(raw: _RawCell) -> tuple[str, str]:
    """Kind and source as nbformat's own upgrade from 2 and 3 makes them."""
    if raw.cell_type == "code":
        return "code", _joined(raw.input)
    source = _joined(raw.source)
    if raw.cell_type == "heading":
        return "markdown", "#" * max(1, min(raw.level, 6)) + " " + " ".join(source.splitlines())
    if raw.cell_type == "html":
        return "markdown", source
    return raw.cell_type, source


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _language(metadata: Mapping[str, Any]) -> str:
    """The language of the kernel, as nbgrader finds it; a notebook that does not say is Python."""
    return _text(_mapping(metadata.get("kernelspec")).get("language")).lower() or "python"
