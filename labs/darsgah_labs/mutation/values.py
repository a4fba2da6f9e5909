"""Changes of values: numbers, texts, True, False, None, subscripts and slices, defaults, other variables."""

import ast
import math
from collections.abc import Iterator

from darsgah_labs.mutation.kinds import Kind
from darsgah_labs.mutation.operators import Change
from darsgah_labs.mutation.solution_source import SolutionSource

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
TOLD_TO_PEOPLE = frozenset(
    {"print", "display", "warn", "show", "title", "xlabel", "ylabel", "legend", "set_title"}
)
"""Calls whose texts are for people's eyes: no test should ask for them."""


_WORDS_OF_PYTHON = frozenset({"encoding", "kind", "dtype", "errors", "newline", "byteorder"})
"""Keyword arguments whose texts are names: in another case they mean the same, misspelt they only raise."""


def value_changes(node: ast.AST, source: SolutionSource) -> Iterator[Change]:
    """The changes of the value that ``node`` itself is or picks."""
    if isinstance(node, ast.Constant):
        yield from _constant(node, source)
    elif isinstance(node, ast.Subscript):
        yield from _subscript(node, source)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _variable(node, source)
    elif isinstance(node, ast.IfExp):
        yield Kind.BRANCH, source.replaced(node, f"({source.segment(node.body)})")
        yield Kind.BRANCH, source.replaced(node, f"({source.segment(node.orelse)})")


def _constant(node: ast.Constant, source: SolutionSource) -> Iterator[Change]:
    if _is_told_only(node, source):
        return
    kind = Kind.DEFAULT if _is_default(node, source) else Kind.CONSTANT
    parent = source.parents.get(node)
    if isinstance(parent, ast.keyword) and parent.arg in _WORDS_OF_PYTHON:
        return
    for text in _other_values(node.value):
        yield kind, source.replaced(node, text)


def _other_values(value: object) -> Iterator[str]:
    if value is True or value is False:
        yield str(not value)
    elif value is None:
        yield "0"
    elif isinstance(value, int):
        yield str(value + 1)
        yield str(value - 1)
    elif isinstance(value, float) and math.isfinite(value):
        yield repr(value + 1)
        yield repr(value * 2) if value else "-1.0"
    elif isinstance(value, str):
        yield repr("") if value else repr("x")
        if value:
            yield repr(_altered(value))
    elif isinstance(value, bytes):
        yield repr(b"" if value else b"x")


def _altered(text: str) -> str:
    """Another text that somebody may have written: other case, else one sign less or more."""
    return text.swapcase() if text.swapcase() != text else text + "x"


def _is_told_only(node: ast.Constant, source: SolutionSource) -> bool:
    """Whether the constant is a docstring, an annotation, or text that only people read."""
    child: ast.AST = node
    while (parent := source.parents.get(child)) is not None:
        if isinstance(parent, ast.Expr) and parent.value is child and child is node:
            return True
        if isinstance(parent, ast.JoinedStr | ast.Raise | ast.AnnAssign | ast.arg):
            return not (isinstance(parent, ast.AnnAssign) and parent.value is child)
        if isinstance(parent, ast.Assert) and parent.msg is child:
            return True
        if isinstance(parent, ast.Call) and _name_of(parent.func) in TOLD_TO_PEOPLE:
            return True
        if isinstance(parent, ast.stmt):
            return getattr(parent, "returns", None) is child
        child = parent
    return False


def _name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_default(node: ast.Constant, source: SolutionSource) -> bool:
    parent = source.parents.get(node)
    return isinstance(parent, ast.arguments)


def _subscript(node: ast.Subscript, source: SolutionSource) -> Iterator[Change]:
    if isinstance(node.slice, ast.Slice):
        yield from _slice(node.slice, source)
    elif isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Name | ast.BinOp):
        index = source.segment(node.slice)
        yield Kind.SUBSCRIPT, source.replaced(node.slice, f"{index} - 1")
        yield Kind.SUBSCRIPT, source.replaced(node.slice, f"{index} + 1")


def _slice(node: ast.Slice, source: SolutionSource) -> Iterator[Change]:
    for bound in (node.lower, node.upper):
        if bound is None or isinstance(bound, ast.Constant):
            continue
        yield Kind.SUBSCRIPT, source.replaced(bound, f"{source.segment(bound)} + 1")
        yield Kind.SUBSCRIPT, source.replaced(bound, f"{source.segment(bound)} - 1")
    if node.lower is not None:
        yield Kind.SUBSCRIPT, source.replaced(node.lower, "")
    if node.upper is not None:
        yield Kind.SUBSCRIPT, source.replaced(node.upper, "")
    if node.step is not None:
        yield Kind.SUBSCRIPT, source.replaced(node.step, "")


def _variable(node: ast.Name, source: SolutionSource) -> Iterator[Change]:
    """The next name of the same function that has a value by then, instead of this one."""
    scope = _scope_of(node, source)
    known = sorted(_names_before(scope, node.lineno))
    if node.id not in known or len(known) < 2:
        return
    parent = source.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    yield Kind.VARIABLE, source.replaced(node, known[(known.index(node.id) + 1) % len(known)])


def _scope_of(node: ast.AST, source: SolutionSource) -> ast.AST:
    current = node
    while not isinstance(current, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        current = source.parents[current]
    return current


def _names_before(scope: ast.AST, line: int) -> set[str]:
    """Parameters of a function, and the names bound above a line in it, its inner functions' left out."""
    names: set[str] = set()
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        given = scope.args
        names |= {arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - {"self", "cls"}
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < line:
            names.add(node.id)
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.comprehension)):
            waiting.extend(ast.iter_child_nodes(node))
    return names - {"_"}
