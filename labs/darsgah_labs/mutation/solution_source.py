"""The source of an answer cell as mutation sees it: a tree with byte positions, and which lines are solution.

Edits are made on bytes because ``ast`` counts its columns so. Lines that only IPython understands are hidden
from Python's parser by an expression of the same length.
"""

import ast
import re
from dataclasses import dataclass, field

_BEGIN = re.compile(r"^\s*### BEGIN SOLUTION\s*$")
_END = re.compile(r"^\s*### END SOLUTION\s*$")
_MAGIC = re.compile(rb"(?m)^[ \t]*[%!][^\n]*")


def without_markers(source: str) -> tuple[str, frozenset[int]]:
    """The cell without nbgrader's solution marks, and the lines, from 1, that stood between them.

    Without marks every line is solution, as nbgrader has it.
    """
    kept: list[str] = []
    inside: set[int] = set()
    within = marked = False
    for line in source.split("\n"):
        if _BEGIN.match(line):
            within = marked = True
        elif _END.match(line):
            within = False
        else:
            kept.append(line)
            if within:
                inside.add(len(kept))
    return "\n".join(kept), frozenset(inside if marked else range(1, len(kept) + 1))


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the bytes from ``start`` to ``end`` become ``text``."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class SolutionSource:
    """A parsed cell.

    Attributes:
        text: the cell's source without solution marks.
        lines: the lines, from 1, that a mutant may change.
        tree: of the whole cell.
        parents: the node that holds each node.

    Raises:
        SyntaxError: the cell is not Python.
    """

    text: str
    lines: frozenset[int]
    data: bytes = field(init=False)
    tree: ast.Module = field(init=False)
    parents: dict[ast.AST, ast.AST] = field(init=False)
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.text.encode()
        self.tree = ast.parse(hide_magics(self.data))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._starts = [0]
        for line in self.data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        magics = {self.data.count(b"\n", 0, found.start()) + 1 for found in _MAGIC.finditer(self.data)}
        self.lines -= magics

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
        """Where a node begins, in bytes."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
        """Where a node ends, in bytes."""
        line, column = node.end_lineno, node.end_col_offset
        if line is None or column is None:
            raise ValueError("a parsed node always has an end")
        return self._starts[line - 1] + column

    def segment(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> str:
        """The source of a node."""
        return self.data[self.start(node) : self.end(node)].decode()

    def replaced(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword, text: str) -> Edit:
        """The edit that writes ``text`` in a node's place."""
        return Edit(self.start(node), self.end(node), text)

    def between(self, start: int, end: int, pattern: str, text: str) -> Edit | None:
        """The edit of the first place between two positions that matches, comments passed over."""
        for found in re.finditer(rf"#[^\n]*|(?P<sought>{pattern})".encode(), self.data[start:end]):
            if found.group("sought") is not None:
                return Edit(start + found.start(), start + found.end(), text)
        return None

    def edited(self, edit: Edit) -> str:
        """The cell's source after an edit."""
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()

    def line_of(self, position: int) -> int:
        """The line, from 1, of a byte position."""
        return self.data.count(b"\n", 0, position) + 1

    def may_change(self, edit: Edit) -> bool:
        """Whether an edit stays within the lines of the solution."""
        first, last = self.line_of(edit.start), self.line_of(max(edit.start, edit.end - 1))
        return all(line in self.lines for line in range(first, last + 1))


def hide_magics(data: bytes) -> bytes:
    """Every ``%magic`` and ``!command`` line as an expression of the same length, for Python's parser."""

    def hidden(found: re.Match[bytes]) -> bytes:
        indent = len(found[0]) - len(found[0].lstrip())
        return found[0][:indent] + b"0".ljust(len(found[0]) - indent)

    return _MAGIC.sub(hidden, data)
