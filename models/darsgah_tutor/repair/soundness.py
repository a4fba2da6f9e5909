"""Faults that show without running: names that nothing binds, methods that nothing has, loops without an end.

While one of them stands no test may pass, so a search that goes by tests alone would not see that mending
another of them was progress.
"""

import ast
import difflib
from collections.abc import Iterable, Iterator

from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import kept, parts
from darsgah_tutor.repair.variables import routines

_BUILT_IN_KINDS = (list, tuple, dict, set, str, int, float, bytes, range)
METHODS = frozenset(name for kind in _BUILT_IN_KINDS for name in dir(kind) if not name.startswith("_"))
"""Methods of Python's own values."""


def faults(program: ast.Module, stock: Stock) -> int:
    """How many faults show: unknown names and methods, and functions that should return a value but don't.

    What is counted is kept on the nodes: all programs that share nodes are to be asked with the same stock.
    """
    unknown = sum(_unknown(statement, "", stock) for statement in program.body)
    found = routines(program)
    silent = sum(not _returns(found[name]) for name in stock.returning if name in found)
    return unknown + silent


def is_unknown(node: ast.AST, function: str, stock: Stock) -> bool:
    """A name that nothing binds, or a method that is a misspelling of one that is known."""
    if isinstance(node, ast.Name):
        return isinstance(node.ctx, ast.Load) and not stock.is_bound(node.id, function)
    known = METHODS | stock.known_methods
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr not in known
        and bool(resembling(node.func.attr, known))
    )


def resembling(name: str, names: Iterable[str]) -> list[str]:
    """Those of the names that could be what was meant, the likest first."""
    return difflib.get_close_matches(name, names, n=4, cutoff=0.6)


def has_endless_loop(node: ast.AST) -> bool:
    """A ``while`` that cannot end once it has begun: nothing in it can change its condition or leave it."""
    return kept(
        node,
        "endless",
        lambda: (
            (isinstance(node, ast.While) and _is_endless(node))
            or any(has_endless_loop(part) for _, _, part in parts(node) if isinstance(part, ast.stmt))
        ),
    )


def _unknown(node: ast.AST, function: str, stock: Stock) -> int:
    """Unknown names and methods in a node; it never moves to another function, so that this can be kept."""
    if isinstance(node, ast.FunctionDef):
        function = node.name
    return kept(
        node,
        "unknown",
        lambda: (
            is_unknown(node, function, stock)
            + sum(_unknown(part, function, stock) for _, _, part in parts(node))
        ),
    )


def _returns(node: ast.AST) -> bool:
    return kept(
        node,
        "gives_value",
        lambda: (
            (isinstance(node, ast.Return) and node.value is not None)
            or any(_returns(part) for _, _, part in parts(node) if isinstance(part, ast.stmt))
        ),
    )


def _is_endless(loop: ast.While) -> bool:
    tested = {node.id for node in ast.walk(loop.test) if isinstance(node, ast.Name)}
    calls = (node for node in ast.walk(loop.test) if isinstance(node, ast.Call))
    if any(not isinstance(call.func, ast.Name) or call.func.id != "len" for call in calls):
        return False
    for statement in loop.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Break | ast.Return | ast.Raise | ast.Assert | ast.Yield | ast.Await):
                return False
            if tested & set(_touched(node)):
                return False
    return True


def _touched(node: ast.AST) -> Iterator[str]:
    """Variables that a node may bind or change."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield from (part.id for part in ast.walk(node.value) if isinstance(part, ast.Name))
        case ast.Call():
            yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        case ast.Assign(value=ast.Name(id=other)):
            yield other
