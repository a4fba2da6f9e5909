"""Taking a credential out of what people have: the JWT itself, or a picture that it was baked into.

Open Badges 3.0 (5.3) puts it into an SVG as ``<openbadges:credential verify="…">`` and into a PNG as an
``iTXt`` chunk with the keyword ``openbadgecredential``. Nothing here parses XML or decodes a picture: what is
looked for has so few letters that it is found without.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from darsgah.credentials.tokens import LONGEST

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of the largest file that is looked into."""
_SVG: Final = re.compile(rb"""<(?:\w+:)?credential\b[^>]*?\bverify\s*=\s*["']\s*([\w.-]+)\s*["']""", re.ASCII)
_SVG_TEXT: Final = re.compile(rb"<(?:\w+:)?credential\b[^>]*>\s*([\w-]+\.[\w-]+\.[\w-]+)\s*</", re.ASCII)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORD: Final = "openbadgecredential"
_KEYWORD: Final = PNG_KEYWORD.encode()


def token_in(content: bytes) -> str | None:
    """The JWT in a file or a text; None where there is none to be seen."""
    if content.startswith(_PNG):
        return next(_in_png(content), None)
    if b"<" in content:
        found = _SVG.search(content) or _SVG_TEXT.search(content)
        return found[1].decode("ascii") if found else None
    try:
        return "".join(content.decode("ascii").split()) or None
    except UnicodeDecodeError:
        return None


def _in_png(content: bytes) -> Iterator[str]:
    """The tokens in the chunks of a PNG (its specification, 5.3 and 11.3.4.5)."""
    at = len(_PNG)
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        data = content[at + 8 : at + 8 + length]
        if name == b"iTXt" and data.startswith(_KEYWORD + b"\0"):
            token = _text(data[len(_KEYWORD) + 1 :])
            if token is not None:
                yield token
        at += 12 + length


def _text(data: bytes) -> str | None:
    """What an ``iTXt`` chunk says after its keyword: packing (two bytes), language, keyword again, text."""
    packed, rest = data[:1] != b"\0", data[2:]
    parts = rest.split(b"\0", 2)
    if len(parts) != 3:
        return None
    try:
        text = zlib.decompressobj().decompress(parts[2], LONGEST) if packed else parts[2]
        return text.decode("ascii").strip()
    except (zlib.error, UnicodeDecodeError):
        return None
