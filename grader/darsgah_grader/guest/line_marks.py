"""Which lines of an answer run: a mark before each statement of its syntax tree.

A trace function would be called for every line of every loop, and can be taken away by the code that it
watches. A mark is one assignment into a bytearray: a tight loop becomes slower by about a half, not fifty
times. Lines are those on which statements begin, as the answer's author sees them.
"""

import ast
from collections.abc import Iterable
from typing import TypeVar

MARKS = "__lines__"
"""The name by which marked code reaches its bytearray; names of that form are not changed inside classes."""

_BODIES = ("body", "orelse", "finalbody")

Node = TypeVar("Node", bound=ast.AST)


class _Marking(ast.NodeTransformer):
    """Puts marks before statements, and into lambdas, whose body is a line of its own now and then."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Go through all that is inside, then mark the statements that this node holds."""
        super().generic_visit(node)
        for name in _BODIES:
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, name, _marked(block, documented=name == "body" and _may_be_documented(node)))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """``lambda: x`` becomes ``lambda: marks.__setitem__(line, 1) or x``."""
        self.generic_visit(node)
        store = ast.Attribute(ast.Name(MARKS, ast.Load()), "__setitem__", ast.Load())
        mark = ast.Call(store, [ast.Constant(node.body.lineno), ast.Constant(1)], [])
        node.body = _placed(ast.BoolOp(ast.Or(), [_placed(mark, node.body), node.body]), node.body)
        return node


def with_marks(tree: ast.Module) -> ast.Module:
    """The tree with marks; its own nodes are changed."""
    marked = _Marking().visit(tree)
    assert isinstance(marked, ast.Module)  # noqa: S101 -- it gives back what it was given
    return marked


def lines_marked(marks: Iterable[int]) -> list[int]:
    """The lines that ran, ascending; ``marks`` has one number for each line, from line 0."""
    return [line for line, mark in enumerate(marks) if mark]


def _may_be_documented(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _marked(block: list[ast.stmt], *, documented: bool) -> list[ast.stmt]:
    marked: list[ast.stmt] = []
    for position, statement in enumerate(block):
        if not (documented and _has_to_be_first(statement, position)):
            place = ast.Subscript(ast.Name(MARKS, ast.Load()), ast.Constant(statement.lineno), ast.Store())
            mark = ast.Assign([place], ast.Constant(1), lineno=statement.lineno)
            marked.append(_placed(mark, statement))
        marked.append(statement)
    return marked


def _has_to_be_first(statement: ast.stmt, position: int) -> bool:
    """Docstrings, and imports from the future, which nothing else may stand before."""
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return True
    value = statement.value if position == 0 and isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _placed(node: Node, at: ast.AST) -> Node:
    """Give a new node, and what is new in it, the place of an old one."""
    ast.copy_location(node, at)
    return ast.fix_missing_locations(node)
