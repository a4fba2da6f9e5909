"""What stands written out in the source of a test: the messages of its failures, and its values."""

import ast
from collections.abc import Iterator
from functools import lru_cache

_MESSAGE_ARGUMENTS = frozenset({"msg", "message", "err_msg", "reason"})


@lru_cache(maxsize=512)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree; None for IPython's own syntax and for what is broken."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def failure_messages(tree: ast.AST) -> Iterator[str]:
    """The strings that stand as the message of an ``assert``, a ``raise``, a ``fail()`` or a ``msg=``."""
    for node in ast.walk(tree):
        candidates: list[ast.expr | None] = []
        if isinstance(node, ast.Assert):
            candidates.append(node.msg)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            candidates.extend(node.exc.args[:1])
        elif isinstance(node, ast.Call):
            candidates.extend(keyword.value for keyword in node.keywords if keyword.arg in _MESSAGE_ARGUMENTS)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "fail":
                candidates.extend(node.args[:1])
        for candidate in candidates:
            if isinstance(candidate, ast.Constant) and isinstance(candidate.value, str):
                yield candidate.value


def literal_values(tree: ast.AST) -> set[str]:
    """Every literal number and string as it would be quoted in a message."""
    return {
        str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float, complex, str))
        and not isinstance(node.value, bool)
    }
