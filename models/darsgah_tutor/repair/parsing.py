"""Answers that do not parse, mended a line at a time until they do.

What is tried on the line that the parser stops at, and on the one before it, are the slips of beginners: a
colon, a bracket or a quote that is missing, ``=`` in a condition, operators of other languages, indentation.
Lines keep their numbers.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ERRORS = 6
"""Slips at most that are mended."""
_WIDTH = 12
"""Sources that are mended on, of those in which the parser comes as far or further."""
_OPENS_BLOCK = re.compile(r"\s*(if|elif|else|for|while|def|class|try|except|finally|with)\b")
_SPELLINGS = (
    (re.compile(r"\belse\s+if\b"), "elif"),
    (re.compile(r"=<"), "<="),
    (re.compile(r"=>"), ">="),
    (re.compile(r"<>"), "!="),
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"!(?!=)"), "not "),
    (re.compile(r"(\w+)\+\+"), r"\1 += 1"),
    (re.compile(r"(\w+)--"), r"\1 -= 1"),
    (re.compile(r";"), ":"),
    (re.compile(r"\bprint\s+([^(\s].*)"), r"print(\1)"),
    (re.compile(r"\b(\d+)([A-Za-z_]\w*)"), r"\1 * \2"),
)
_CONDITION = re.compile(r"\s*(if|elif|while|return|assert)\b")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Mended:
    """A source that parses.

    Attributes:
        lines: those of the learner's that were changed.
    """

    source: str
    lines: frozenset[int]


def mended(source: str) -> list[Mended]:
    """Sources near a broken one that parse, with fewest changed lines first; none where more is wrong."""
    found: dict[str, Mended] = {}
    broken = [Mended(source.expandtabs(4), frozenset())]
    for _ in range(_ERRORS):
        further: dict[str, tuple[int, Mended]] = {}
        for one in broken:
            stopped = _stopping_line(one.source)
            for attempt in _attempts(one, stopped):
                line = _stopping_line(attempt.source)
                if line == 0:
                    found.setdefault(attempt.source, attempt)
                elif line >= stopped:
                    further.setdefault(attempt.source, (-line, attempt))
        if found:
            break
        broken = [one for _, one in sorted(further.values(), key=lambda two: two[0])[:_WIDTH]]
    return list(found.values())


def _stopping_line(source: str) -> int:
    """The line at which the parser gives up; 0 where it does not."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return 0


def _attempts(broken: Mended, stopped: int) -> Iterator[Mended]:
    lines = broken.source.split("\n")
    above = next((at for at in range(stopped - 1, 0, -1) if lines[at - 1].strip()), stopped)
    for number in dict.fromkeys((stopped, above)):
        if number <= len(lines):
            before = [line for line in lines[: number - 1] if line.strip()]
            for new in dict.fromkeys(_other_lines(lines[number - 1], before)):
                changed = [*lines[: number - 1], new, *lines[number:]]
                yield Mended("\n".join(changed), broken.lines | {number})


def _other_lines(line: str, before: list[str]) -> Iterator[str]:
    """What the line may have been meant to be, the likeliest first."""
    text, mark, comment = line.rstrip().partition("#")
    text, comment = text.rstrip(), f"  {mark}{comment}" if mark else ""
    if _OPENS_BLOCK.match(text) and not text.endswith(":"):
        yield f"{text}:{comment}"
    for pattern, spelling in _SPELLINGS:
        if pattern.search(text):
            yield pattern.sub(spelling, text) + comment
    if _CONDITION.match(text):
        yield re.sub(r"(?<![=!<>+\-*/%])=(?!=)", "==", text) + comment
    yield from (one + comment for one in _balanced(text))
    for quote in ("'", '"'):
        if text.count(quote) % 2:
            yield f"{text}{quote}{comment}"
            yield re.sub(r"(\)*:?)$", rf"{quote}\1", text) + comment
    yield from _indented(line, before)
    yield re.match(r"\s*", line)[0] + "pass"  # type: ignore[index] # this pattern always matches


def _balanced(text: str) -> Iterator[str]:
    """With the brackets closed that are open, or without those that close nothing."""
    opened: list[str] = []
    spare: list[int] = []
    for at, character in enumerate(text):
        if character in _PAIRS:
            opened.append(character)
        elif character in _PAIRS.values():
            if opened and _PAIRS[opened[-1]] == character:
                opened.pop()
            else:
                spare.append(at)
    closing = "".join(_PAIRS[one] for one in reversed(opened))
    if closing:
        yield f"{text.removesuffix(':')}{closing}:" if text.endswith(":") else text + closing
        if _OPENS_BLOCK.match(text):
            yield f"{text.removesuffix(':')}{closing}:"
    for at in spare:
        yield text[:at] + text[at + 1 :]
        for opening, close in _PAIRS.items():
            if close != text[at] and opening in text[:at]:
                yield text[:at] + close + text[at + 1 :]


def _indented(line: str, before: list[str]) -> Iterator[str]:
    """The line at the depths of those before it, and one deeper than the last."""
    depths = dict.fromkeys(len(one) - len(one.lstrip()) for one in reversed(before))
    if before:
        yield " " * (next(iter(depths)) + 4) + line.lstrip()
    for depth in depths:
        yield " " * depth + line.lstrip()
