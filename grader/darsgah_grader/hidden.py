"""Keeping the text of hidden tests out of what a learner reads.

Under the in-process level a learner's code shares a process with the tests, and can print what it finds in
a frame. This catches the plain ways (source, or a longer value of it, printed, in a traceback, in a repr); it
cannot catch a text that was encoded first. Only the split level, where hidden tests never enter the learner's
process, rules that out.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from darsgah_grader.literals import failure_messages, literal_values, parsed
from darsgah_grader.regions import without_hidden_tests

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_IGNORED = re.compile(r"[\s\\'\"]+")
_SHORTEST = 8
"""Shorter lines and values may well be a learner's own; withholding these would tell of the hidden ones."""


_LONGEST_REMEMBERED = 8192
"""Characters of a source whose lines are remembered: a learner may hand in any length."""


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
        known = {line for source in readable for line in _lines(source)}
        known |= {line for source in sources for line in _lines(without_hidden_tests(source))}
        lines = {line for source in sources for line in _lines(source)}
        values = {value for source in sources for value in _values(source)}
        plain = "\n".join(known)
        self._lines = tuple(
            text
            for text in (lines - known) | {value for value in values if value not in plain}
            if len(text) >= _SHORTEST
        )

    def is_in(self, text: str) -> bool:
        """Whether a hidden line or value occurs in it, colours, spaces, quotes and backslashes aside."""
        if not self._lines:
            return False
        squeezed = _squeezed(without_ansi(text))
        return any(line in squeezed for line in self._lines)


def _squeezed(text: str) -> str:
    return _IGNORED.sub("", text)


def _lines(source: str) -> frozenset[str]:
    """The squeezed lines; most sources are the lab's, and the same in every submission."""
    return _remembered_lines(source) if len(source) <= _LONGEST_REMEMBERED else _squeezed_lines(source)


def _squeezed_lines(source: str) -> frozenset[str]:
    return frozenset(map(_squeezed, source.split("\n")))


_remembered_lines = lru_cache(maxsize=1024)(_squeezed_lines)


@lru_cache(maxsize=512)
def _values(source: str) -> frozenset[str]:
    """The squeezed values that stand in the hidden part alone and are no messages."""
    whole, visible = parsed(source), parsed(without_hidden_tests(source))
    if whole is None or visible is None:
        return frozenset()
    values = literal_values(whole) - literal_values(visible) - set(failure_messages(whole))
    return frozenset(map(_squeezed, values))
