"""What a notebook's Markdown says, as far as the checks need it: headings, links, pictures, words.

A line scanner over CommonMark's usual forms, not a parser: fenced blocks and code spans are set aside first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from darsgah_labs.notebook import SourceNotebook, cell_source

_FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_LINK = re.compile(
    r"(?<!!)\[[^\]]*\]\(\s*<?([^)\s>]*)>?[^)]*\)|^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE
)
_AUTOLINK = re.compile(r"<(https?://[^>\s]+)>")
_TAG = re.compile(r"<(img|a|iframe|video|audio|source)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(alt|src|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - an apostrophe as typesetters write it


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level from 1, its text, the notebook's cell from 1."""

    level: int
    text: str
    cell: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the text that stands for it, None where there is none; where it comes from; the cell.

    ``framed`` is a frame, a video or a sound in its place.
    """

    alternative: str | None
    target: str
    cell: int
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link and the cell it stands in."""

    target: str
    cell: int


@dataclass(frozen=True, slots=True)
class Said:
    """All of it, in the order of the notebook."""

    headings: tuple[Heading, ...]
    pictures: tuple[Picture, ...]
    links: tuple[Link, ...]
    words: int


def said_in(notebook: SourceNotebook) -> Said:
    """What the Markdown cells of a notebook say, without the answers that a human marks."""
    own = {cell.index for cell in notebook.graded if cell.is_manual and cell.is_answer}
    headings: list[Heading] = []
    pictures: list[Picture] = []
    links: list[Link] = []
    words = 0
    for index, cell in enumerate(notebook.cells):
        if cell.get("cell_type") != "markdown" or index in own:
            continue
        text = _FENCE.sub("", cell_source(cell))
        words += len(_WORD.findall(_PICTURE.sub("", text)))
        text = _SPAN.sub("code", text)
        headings += [Heading(len(found[1]), found[2], index + 1) for found in _HEADING.finditer(text)]
        pictures += _pictures(text, index + 1)
        links += _links(text, index + 1)
    return Said(tuple(headings), tuple(pictures), tuple(links), words)


def _pictures(text: str, cell: int) -> Iterator[Picture]:
    for found in _PICTURE.finditer(text):
        yield Picture(found[1].strip() or None, found[2], cell)
    for tag in _TAG.finditer(text):
        attributes = _attributes(tag[2])
        if tag[1].lower() == "img":
            yield Picture((attributes.get("alt") or "").strip() or None, attributes.get("src", ""), cell)
        elif "src" in attributes:
            yield Picture("media", attributes["src"], cell, framed=True)


def _links(text: str, cell: int) -> Iterator[Link]:
    for found in _LINK.finditer(text):
        yield Link(found[1] or found[2] or "", cell)
    for found in _AUTOLINK.finditer(text):
        yield Link(found[1], cell)
    for tag in _TAG.finditer(text):
        attributes = _attributes(tag[2])
        if tag[1].lower() == "a" and "href" in attributes:
            yield Link(attributes["href"], cell)


def _attributes(text: str) -> dict[str, str]:
    return {found[1].lower(): found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(text)}


def anchor(text: str) -> str:
    """What a heading and a link to it have in common, however an editor writes its anchors."""
    return re.sub(r"[\W_]+", "", text).casefold()
