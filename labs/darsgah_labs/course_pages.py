"""Reads the pages of a course: Markdown with a title, in one of the two languages."""

import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from darsgah_labs.errors import LabInvalid
from darsgah_labs.text import is_urdu

PAGE_BYTES: Final = 64 * 1024
_TITLE = re.compile(r"# +(\S[^\n]*?) *(?:\n|$)")
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LINKS = ("https://", "mailto:", "#")


def read_page(content: bytes, file: str, language: str) -> tuple[str, str]:
    """Title and body of a page.

    Args:
        content: its bytes.
        file: its path inside the course.
        language: ``en`` or ``ur``.

    Raises:
        LabInvalid: no title, nothing to read, the wrong language, or something that pages do not show.
    """
    if len(content) > PAGE_BYTES:
        problem = f"The page is larger than {PAGE_BYTES >> 10} KiB."
        raise LabInvalid(file, "", problem, "Make two of it: a page is read in a few minutes.")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise LabInvalid(
            file, f"byte {error.start}", "The file is not UTF-8 text.", "Save it as UTF-8."
        ) from error
    found = _TITLE.match(text)
    if found is None:
        raise LabInvalid(file, "line 1", "The page has no title.", "Begin it with: # The title")
    body = text[found.end() :].strip()
    tokens = _PARSER.parse(body)
    for token in _all(tokens):
        _check_token(token, file)
    words = " ".join(token.content for token in _all(tokens) if token.type == "text")
    if not words.strip():
        raise LabInvalid(file, "", "There is nothing to read on the page.", "Write its text below the title.")
    if language == "ur" and not (is_urdu(found[1]) and is_urdu(words)):
        problem = "The title or the text is not in Urdu script."
        raise LabInvalid(file, "", problem, "Write it; code and technical terms may stay in English.")
    return found[1], body


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _check_token(token: Token, file: str) -> None:
    if token.type == "heading_open" and token.tag == "h1":
        problem = "The page has a second heading of the first level."
        raise LabInvalid(file, "", problem, "Begin the headings of its sections with ##.")
    if token.type == "image":
        problem = "The page has a picture, and pages show none."
        raise LabInvalid(file, "", problem, "Say it in words, in a table or in a block of code.")
    if token.type in {"html_block", "html_inline"}:
        problem = "The page has HTML in it, which is not shown."
        raise LabInvalid(
            file, token.content.strip()[:40], problem, "Use Markdown, or put code into backquotes."
        )
    if token.type == "link_open" and not str(token.attrs.get("href", "")).startswith(_LINKS):
        problem = "This link leads to a file, and a page has none beside it."
        mend = "Name the page or the lab by its title: the way through the course leads there."
        raise LabInvalid(file, str(token.attrs.get("href", ""))[:60], problem, mend)
