"""Statements that do nothing: no run reaches them, or nothing reads what they assign.

A program that keeps some of the learner's statements so was written anew beside them.
"""

import ast
from collections.abc import Iterator, Sequence

from darsgah_tutor.repair.trees import BLOCKS, parts

_LEAVING = ast.Return | ast.Raise | ast.Break | ast.Continue
_Written = ast.Assign | ast.AugAssign


def idle(program: ast.Module) -> list[ast.stmt]:
    """What does nothing in the program's functions, in no particular order."""
    found: list[ast.stmt] = []
    for node in ast.walk(program):
        if isinstance(node, ast.FunctionDef):
            found += _idle(node)
    return found


def _idle(function: ast.FunctionDef) -> list[ast.stmt]:
    reached: list[ast.stmt] = []
    found: list[ast.stmt] = []
    _walk(function.body, reached, found)
    read: set[str] = set()
    for statement in reached:
        read.update(set(_read(statement)) - ({_only_target(statement)} if _is_simple(statement) else set()))
    unread = [one for one in reached if (name := _only_target(one)) and name not in read]
    return found + [one for one in unread if not _calls(one)]


def _walk(statements: Sequence[ast.stmt], reached: list[ast.stmt], found: list[ast.stmt]) -> bool:
    """Sort a block's statements; whether a run can come to its end."""
    for place, statement in enumerate(statements):
        reached.append(statement)
        if _leaves(statement, reached, found):
            found += statements[place + 1 :]
            return False
    return True


def _leaves(statement: ast.stmt, reached: list[ast.stmt], found: list[ast.stmt]) -> bool:
    if isinstance(statement, ast.If):
        body = _walk(statement.body, reached, found)
        other = _walk(statement.orelse, reached, found)
        return not (body or other)
    for name in BLOCKS:
        block = getattr(statement, name, None)
        if isinstance(block, list):
            _walk(block, reached, found)
    for handler in getattr(statement, "handlers", ()):
        _walk(handler.body, reached, found)
    return isinstance(statement, _LEAVING)


def _read(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement reads itself, without the statements in its blocks."""
    for name, _, part in parts(statement):
        if name in BLOCKS or name == "handlers":
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node.id


def _is_simple(statement: ast.stmt) -> bool:
    return isinstance(statement, _Written)


def _only_target(statement: ast.stmt) -> str:
    """The one variable that an assignment gives a value."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    else:
        return ""
    return target.id if isinstance(target, ast.Name) else ""


def _calls(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(statement))
