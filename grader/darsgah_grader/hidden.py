"""Keeping the text of hidden tests out of what a learner reads.

Under the in-process level a learner's code shares a process with the tests, and can print what it finds in
a frame. This catches the plain ways (source, or a longer value of it, printed, in a traceback, in a repr); it
cannot catch a text that was encoded first. Only the split level, where hidden tests never enter the learner's
process, rules that out.
"""

import re
from collections.abc import Iterable

from darsgah_grader.literals import failure_messages, literal_values, parsed
from darsgah_grader.regions import without_hidden_tests

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_IGNORED = re.compile(r"[\s\\'\"]+")
_SHORTEST = 8
"""Shorter lines and values may well be a learner's own; withholding these would tell of the hidden ones."""


def without_ansi(text: str) -> str:
    """The text without terminal colour and cursor codes."""
    return _ANSI.sub("", text)


class HiddenText:
    """The lines and the written-out values that stand only in hidden tests, its author's messages aside.

    What is too short to tell anything, or can be read by the learner elsewhere, is not kept.

    Args:
        tests: full sources of the cells that hold hidden tests.
        readable: every source that the learner has anyway.
    """

    def __init__(self, tests: Iterable[str], readable: Iterable[str]) -> None:
        sources = tuple(tests)
        known = {_squeezed(line) for source in readable for line in source.split("\n")}
        known |= {_squeezed(line) for source in sources for line in without_hidden_tests(source).split("\n")}
        lines = {_squeezed(line) for source in sources for line in source.split("\n")}
        values = {_squeezed(value) for source in sources for value in _values(source)}
        plain = "\n".join(known)
        self._lines = tuple(
            text
            for text in (lines - known) | {value for value in values if value not in plain}
            if len(text) >= _SHORTEST
        )

    def is_in(self, text: str) -> bool:
        """Whether a hidden line or value occurs in the text, colours, spaces, quotes and backslashes aside."""
        if not self._lines:
            return False
        squeezed = _squeezed(without_ansi(text))
        return any(line in squeezed for line in self._lines)


def _squeezed(text: str) -> str:
    return _IGNORED.sub("", text)


def _values(source: str) -> set[str]:
    """The values that stand in the hidden part alone and are no messages."""
    whole, visible = parsed(source), parsed(without_hidden_tests(source))
    if whole is None or visible is None:
        return set()
    return literal_values(whole) - literal_values(visible) - set(failure_messages(whole))
