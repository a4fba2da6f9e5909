r"""Text from elsewhere as a terminal may show it: what would steer the terminal is written out instead.

File names, titles and error texts come from learners. An escape sequence in one could repaint the terminal
or set its title, a direction character could show a score other than it is. Bytes of a file name that are
not UTF-8 appear as ``\xff``, everything else as in Python's own literals. Not touched are the zero-width
joiner and non-joiner, which Urdu is written with.
"""

import re

_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_STEERING = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_DIRECTIONS}]")
_BUT_LINES_AND_TABS = re.compile(f"(?![\n\t]){_STEERING.pattern}")
_SURROGATES = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text on one line, every control and direction character written out."""
    return _STEERING.sub(_written_out, text)


def visible_lines(text: str) -> str:
    """The same for text that may have several lines and tabs."""
    return _BUT_LINES_AND_TABS.sub(_written_out, text)


def encodable(text: str) -> str:
    """The text with nothing written out but what no encoding has: for JSON, which has escapes of its own."""
    return _SURROGATES.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    """As in a literal; a byte that Python keeps as a surrogate (PEP 383) as that byte."""
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
