"""Which cells of a notebook rest on which, as far as names tell."""

import ast
import symtable
from collections.abc import Collection, Sequence

from darsgah_labs.mutation.solution_source import hide_magics

_WHOLE = frozenset({"*"})
_LONGEST = 200_000
"""Characters of a cell that is read; a longer one counts as binding everything."""


def needed(sources: Sequence[str], positions: Sequence[int], own: Collection[int]) -> list[int]:
    """Those positions whose names the cells at ``own`` use, or cells that they use; ascending.

    Args:
        sources: of all cells; those that are not code are never looked at.
        positions: of the cells that may be taken, ascending, ``own`` among them.
    """
    found: set[int] = set()
    wanted: set[str] = set()
    for at in reversed(positions):
        bound, used = _names(sources[at])
        if at in own or bound & wanted or bound == _WHOLE:
            found.add(at)
            wanted |= used
    return sorted(found)


def _names(source: str) -> tuple[frozenset[str], set[str]]:
    """What a cell binds or changes, and what it uses; one that cannot be read, or has magics, binds all."""
    if len(source) > _LONGEST:
        return _WHOLE, set()
    data = source.encode("utf-8", "replace")
    plain = hide_magics(data)
    try:
        tree = ast.parse(plain)
        table = symtable.symtable(plain.decode(), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _WHOLE, set()
    used = _globals_used(table)
    bound = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    bound |= {name for statement in tree.body for name in _changed(statement)}
    stars = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))
    return (_WHOLE if stars or plain != data else frozenset(bound)), used


def _globals_used(table: symtable.SymbolTable) -> set[str]:
    """The names of the notebook that a cell and the functions in it look up."""
    outermost = table.get_type() == "module"
    used = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (outermost or symbol.is_global())
    }
    return used.union(*(_globals_used(child) for child in table.get_children()))


def _changed(statement: ast.stmt) -> set[str]:
    """Variables whose objects a statement may change where they are; a function does so only when called."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed |= _root(node.value.func).union(*(_root(argument) for argument in node.value.args))
    return changed


def _root(node: ast.expr) -> set[str]:
    """The variable at the bottom of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
