"""A checked notebook as plain values: what grading needs of nbformat, nothing of what a kernel left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CellKind(StrEnum):
    """nbformat's three cell types."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was written, outputs left behind.

    Attributes:
        nbgrader: the cell's nbgrader metadata as found, unchecked; empty where there is none.
        tags: the cell's tags as found.
        title: ``metadata.darsgah.title``, with which an author names a question; empty where there is none.
        attachments: pictures of a Markdown cell: file name to MIME type to base64 text.
    """

    kind: CellKind
    source: str
    nbgrader: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    title: str = ""
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def grade_id(self) -> str | None:
        """The nbgrader identifier, or None for a cell nbgrader does not know."""
        value = self.nbgrader.get("grade_id")
        return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True)
class Notebook:
    """The cells in order, and the language the notebook says it is written in (lower case)."""

    cells: tuple[Cell, ...]
    language: str = "python"
