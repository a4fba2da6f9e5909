"""What in code can speak to a reader: comments, texts, and names that are sentences."""

import io
import re
import tokenize
from collections.abc import Iterator

LONG_NAME = 3
"""Words of a name from which on it may be a sentence."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_ROUGH = re.compile(r"(?s)\"{3}(.*?)(?:\"{3}|\Z)|'{3}(.*?)(?:'{3}|\Z)|\"([^\"\n]*)\"?|'([^'\n]*)'?|#([^\n]*)")
_TEXTS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
_QUOTED = re.compile(r"(?s)[rbfuRBFU]{0,3}(\"{3}|'{3}|[\"'])(.*)\1")


def words_of(name: str) -> list[str]:
    """The words of a name with underscores or capitals."""
    return _WORD.findall(name)


def speaking_parts(source: str) -> Iterator[str]:
    """Each once; comments on lines that follow each other are one part, as are texts side by side."""
    try:
        pieces = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        yield from _roughly(source)
        return
    together: list[str] = []
    kind, last = 0, -2
    names: set[str] = set()
    for piece in pieces:
        if piece.type == tokenize.NAME and len(words_of(piece.string)) > LONG_NAME:
            names.add(" ".join(words_of(piece.string)))
        if piece.type != tokenize.COMMENT and piece.type not in _TEXTS:
            continue
        if together and (piece.type != kind or piece.start[0] > last + 1):
            yield " ".join(together)
            together = []
        together.append(
            piece.string.lstrip("#!: ") if piece.type == tokenize.COMMENT else _unquoted(piece.string)
        )
        kind, last = piece.type, piece.end[0]
    if together:
        yield " ".join(together)
    yield from sorted(names)


def _unquoted(text: str) -> str:
    """A text without its quotation marks; a piece of a formatted one has none."""
    found = _QUOTED.fullmatch(text)
    return found[2] if found else text


def _roughly(source: str) -> Iterator[str]:
    """Of code that Python cannot read."""
    for found in _ROUGH.finditer(source):
        said = next((group for group in found.groups() if group), "")
        if said:
            yield said
    for name in sorted(set(re.findall(r"[^\W\d]\w*", source))):
        if len(words_of(name)) > LONG_NAME:
            yield " ".join(words_of(name))
