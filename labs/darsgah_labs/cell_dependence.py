"""Which cells of a notebook rest on which, as far as names tell."""

import ast
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from darsgah_labs.mutation.solution_source import hide_magics

_WHOLE = frozenset({"*"})
_LONGEST = 200_000
"""Characters of a cell that is read; a longer one counts as binding everything."""
_SHOWING = frozenset({"print", "display", "help", "len", "type", "repr"})
"""Functions that change nothing that they are given."""
_Functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehensions = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def needed(sources: Sequence[str], positions: Sequence[int], own: Collection[int]) -> list[int]:
    """Those positions whose names the cells at ``own`` use, or cells that they use; ascending.

    Args:
        sources: of all cells; those that are not code are never looked at.
        positions: of the cells that may be taken, ascending, ``own`` among them.
    """
    names = {at: _names(sources[at]) for at in positions}
    found = set(own)
    before = -1
    while before < len(found):  # a function may use what a later cell defines
        before = len(found)
        wanted = {name for at in found for name in names[at][1]}
        found |= {at for at in positions if names[at][0] & wanted or names[at][0] == _WHOLE}
    return sorted(found)


@lru_cache(maxsize=2048)
def _names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a cell binds or changes, and what it needs; one that cannot be read, or has magics, binds all."""
    if len(source) > _LONGEST:
        return _WHOLE, frozenset()
    data = source.encode("utf-8", "replace")
    plain = hide_magics(data)
    try:
        body = ast.parse(plain).body
        bound = frozenset(name for statement in body for name in _bound(statement) | _changed(statement))
        used = frozenset(_used(body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _WHOLE, frozenset()
    stars = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in body)
    return (_WHOLE if stars or plain != data else bound), used


def _used(body: Iterable[ast.stmt]) -> set[str]:
    """What some statements look up that they have not bound themselves before."""
    used: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        used |= _looked_up(statement) - bound
        if not isinstance(statement, ast.If | ast.Try | ast.While | ast.Match):  # these may leave it undone
            bound |= _bound(statement)
    return used


def _looked_up(node: ast.AST) -> set[str]:
    """The names of the notebook that something looks up, functions when they are called included."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.For | ast.AsyncFor):
        body = _used(node.body) - _stored(node.target)
        return body | _looked_up(node.iter) | _used(node.orelse)
    if isinstance(node, ast.With | ast.AsyncWith):
        opened = {name for item in node.items if item.optional_vars for name in _stored(item.optional_vars)}
        return (_used(node.body) - opened).union(*(_looked_up(item.context_expr) for item in node.items))
    inside = set().union(*map(_looked_up, ast.iter_child_nodes(node)))
    if isinstance(node, ast.AugAssign):
        inside |= _stored(node.target)
    if isinstance(node, _Functions):
        inside -= _locals(node)
    if isinstance(node, _Comprehensions):
        inside -= {name for part in node.generators for name in _stored(part.target)}
    return inside


def _locals(function: _Functions) -> set[str]:
    arguments = function.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    names = {one.arg for one in every if one is not None}
    if isinstance(function, ast.Lambda):
        return names
    declared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    return (names | {name for statement in function.body for name in _bound(statement)}) - declared


def _bound(statement: ast.AST) -> set[str]:
    """Names that a statement binds where it stands, and those that a function in it declares global."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        declared = (node.names for node in ast.walk(statement) if isinstance(node, ast.Global))
        return {statement.name, *(name for names in declared for name in names)}
    if isinstance(statement, ast.Lambda | _Comprehensions):
        return set()
    if isinstance(statement, ast.Name):
        return set() if isinstance(statement.ctx, ast.Load) else {statement.id}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    names = {str(getattr(statement, "name", ""))} if isinstance(statement, ast.ExceptHandler) else set()
    return names.union(*map(_bound, ast.iter_child_nodes(statement)))


def _stored(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _changed(statement: ast.stmt) -> set[str]:
    """Variables whose objects a statement may change where they are; a function does so only when called."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = _root(node.value.func)
            if called.isdisjoint(_SHOWING):
                changed |= called.union(*(_root(argument) for argument in node.value.args))
    return changed


def _root(node: ast.expr) -> set[str]:
    """The variable at the bottom of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
