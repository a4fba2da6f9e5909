"""Which of a program's lines another one has otherwise: what the tutor's pointing is measured against.

Lines are compared by what they say, not by how it is spelt: comments, docstrings, spaces, quotes and the
names of variables are not seen. What is missing counts for the line before which it belongs, as in
``types.Repair``.
"""

import ast
import copy
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from darsgah_tutor.repair.variables import renamings
from darsgah_tutor.spectrum import code_lines

_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
_NEAREST = 8
"""Programs that are nearest with all variables called the same, of which the variables are matched."""
_WAYS_OF_NAMING = 2
_WORD = re.compile(r"[^\W\d]\w*")
Rows = tuple[tuple[int, str], ...]
"""Line numbers with what stands there, in order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a program differs from another one.

    Attributes:
        lines: of the first program, changed, dropped, or with something missing before them.
        size: lines to change, drop or insert.
    """

    lines: tuple[int, ...]
    size: int


def written_difference(source: str, other: str) -> Difference:
    """How the lines differ as they are written, for programs of one writer that need not parse."""
    mine, theirs = (tuple(enumerate(one.splitlines(), 1)) for one in (source, other))
    return _difference(mine, theirs)


def nearest(source: str, others: Iterable[str], fixed: frozenset[str]) -> Difference | None:
    """The smallest difference from any of some programs, the first of equals; None where there is none.

    ``fixed`` are names that mean the same in all of them: what tests and setup speak of.
    """
    mine = _parsed(source)
    if mine is None:
        written = (_difference(_written(source), _written(other)) for other in others)
        return min(written, key=_size, default=None)
    found = []
    for other in _alike(source, others):
        theirs = _parsed(other)
        if theirs is not None:
            named = renamings(mine, theirs, fixed, _WAYS_OF_NAMING)
            found += [_difference(_rows(mine), _rows(tree)) for tree in named]
    return min(found, key=_size, default=None)


def statement_line(source: str, line: int) -> int:
    """The code line of the statement that a line belongs to; the first one for a line above all code."""
    lines = code_lines(source)
    place = bisect_right(lines, line)
    return lines[max(0, place - 1)] if lines else line


@lru_cache(maxsize=4096)
def _written(source: str) -> Rows:
    """The code lines as they are written, the first lines of statements alone where it parses."""
    lines = source.expandtabs(4).splitlines()
    return tuple((line, lines[line - 1].rstrip()) for line in code_lines(source))


def _size(difference: Difference) -> int:
    return difference.size


def _difference(mine: Rows, theirs: Rows) -> Difference:
    """By the longest matching blocks of lines."""
    matcher = SequenceMatcher(None, [said for _, said in mine], [said for _, said in theirs], autojunk=False)
    lines: set[int] = set()
    size = 0
    for kind, begin, end, first, last in matcher.get_opcodes():
        if kind != "equal":
            size += max(end - begin, last - first)
            lines.update(line for line, _ in mine[min(begin, len(mine) - 1) : max(end, begin + 1)])
    return Difference(tuple(sorted(lines)), size)


def _alike(source: str, others: Iterable[str]) -> list[str]:
    """The programs that share most lines with the source when all variables have one name."""
    mine = _nameless(source)
    apart = []
    for number, other in enumerate(others):
        theirs = _nameless(other)
        apart.append((max(mine.total(), theirs.total()) - (mine & theirs).total(), number, other))
    return [other for _, _, other in sorted(apart)[:_NEAREST]]


@lru_cache(maxsize=4096)
def _nameless(source: str) -> Counter[str]:
    """How often each line stands in a program whose variables all have the same name."""
    tree = _parsed(source)
    if tree is None:
        return Counter()
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return Counter(
        _WORD.sub(lambda word: "_" if word[0] in bound else word[0], said) for _, said in _rows(tree)
    )


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _rows(tree: ast.Module) -> Rows:
    return tuple(_statements(tree.body, ""))


def _statements(body: Sequence[ast.AST], within: str) -> Iterator[tuple[int, str]]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        hollow = copy.copy(statement)
        inner: list[tuple[str, Sequence[ast.AST]]] = []
        for name in _BLOCKS:
            block = getattr(statement, name, None)
            if isinstance(block, list):
                inner.append((name, block))
                setattr(hollow, name, [])
        if isinstance(statement, ast.stmt):  # a handler or a case begins no statement
            yield statement.lineno, within + ast.unparse(hollow).strip()
        for name, block in inner:
            yield from _statements(block, f"{within}{name} ")
