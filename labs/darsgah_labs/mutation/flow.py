"""Changes of what runs: conditions, branches, loops, returns, exceptions, statements left out."""

import ast
from collections.abc import Iterator, Sequence

from darsgah_labs.mutation.kinds import Kind
from darsgah_labs.mutation.operators import Change
from darsgah_labs.mutation.solution_source import Edit, SolutionSource
from darsgah_labs.mutation.values import TOLD_TO_PEOPLE

_EXCEPTIONS = {
    "ValueError": "TypeError",
    "TypeError": "ValueError",
    "KeyError": "ValueError",
    "IndexError": "KeyError",
    "ZeroDivisionError": "ValueError",
}


def flow_changes(node: ast.AST, source: SolutionSource) -> Iterator[Change]:
    """The changes of how ``node`` itself steers the program."""
    if isinstance(node, ast.If):
        yield from _condition(node.test, source)
        yield from _branches(node, source)
    elif isinstance(node, ast.IfExp):
        yield Kind.CONDITION, source.replaced(node.test, f"not ({source.segment(node.test)})")
    elif isinstance(node, ast.While):
        yield Kind.CONDITION, source.replaced(node.test, "False")
    elif isinstance(node, ast.comprehension):
        yield from _filters(node, source)
    if isinstance(node, ast.For | ast.While):
        yield from _stops_early(node, source)
    if isinstance(node, ast.Call):
        yield from _range(node, source)
    if isinstance(node, ast.stmt):
        yield from _statement(node, source)


def _condition(test: ast.expr, source: SolutionSource) -> Iterator[Change]:
    yield Kind.CONDITION, source.replaced(test, f"not ({source.segment(test)})")
    yield Kind.CONDITION, source.replaced(test, "True")
    yield Kind.CONDITION, source.replaced(test, "False")


def _branches(node: ast.If, source: SolutionSource) -> Iterator[Change]:
    """The body left out where an else stands by, and the else left out."""
    if not node.orelse:
        return
    yield Kind.BRANCH, _emptied(node.body, source)
    if not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
        yield Kind.BRANCH, _emptied(node.orelse, source)


def _emptied(body: Sequence[ast.stmt], source: SolutionSource) -> Edit:
    return Edit(source.start(body[0]), source.end(body[-1]), "pass")


def _filters(node: ast.comprehension, source: SolutionSource) -> Iterator[Change]:
    for test in node.ifs:
        yield Kind.CONDITION, source.replaced(test, f"not ({source.segment(test)})")
        yield Kind.CONDITION, source.replaced(test, "True")


def _stops_early(node: ast.For | ast.While, source: SolutionSource) -> Iterator[Change]:
    """The loop leaves after its first round."""
    last = node.body[-1]
    if isinstance(last, ast.Break | ast.Return | ast.Raise) or last.lineno == node.lineno:
        return
    end = source.end(last)
    yield Kind.LOOP, Edit(end, end, "\n" + " " * node.body[0].col_offset + "break")


def _range(node: ast.Call, source: SolutionSource) -> Iterator[Change]:
    if not isinstance(node.func, ast.Name) or node.func.id != "range" or node.keywords or not node.args:
        return
    bound = node.args[0] if len(node.args) == 1 else node.args[1]
    if not isinstance(bound, ast.Constant):
        yield Kind.LOOP, source.replaced(bound, f"{source.segment(bound)} - 1")
        yield Kind.LOOP, source.replaced(bound, f"{source.segment(bound)} + 1")
    if len(node.args) == 1:
        yield Kind.LOOP, source.replaced(bound, f"1, {source.segment(bound)}")
    elif not isinstance(node.args[0], ast.Constant):
        yield Kind.LOOP, source.replaced(node.args[0], f"{source.segment(node.args[0])} + 1")


def _statement(node: ast.stmt, source: SolutionSource) -> Iterator[Change]:
    if isinstance(node, ast.Return):
        if node.value is not None and not _is_none(node.value):
            yield Kind.RETURN, source.replaced(node.value, "None")
            yield Kind.RETURN, source.replaced(node, source.segment(node.value))
    elif isinstance(node, ast.Break | ast.Continue):
        yield Kind.LOOP, source.replaced(node, "pass")
        yield Kind.LOOP, source.replaced(node, "continue" if isinstance(node, ast.Break) else "break")
    elif isinstance(node, ast.Raise):
        yield from _raise(node, source)
    elif isinstance(node, ast.Try):
        yield from _handlers(node, source)
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete) or _acts(node):
        yield Kind.STATEMENT, source.replaced(node, "pass")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _acts(node: ast.stmt) -> bool:
    """Whether an expression stands alone for its effect, and not for people's eyes."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name not in TOLD_TO_PEOPLE


def _raise(node: ast.Raise, source: SolutionSource) -> Iterator[Change]:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(raised, ast.Name):
        yield Kind.EXCEPTION, source.replaced(raised, _EXCEPTIONS.get(raised.id, "RuntimeError"))
    yield Kind.EXCEPTION, source.replaced(node, "pass")


def _handlers(node: ast.Try, source: SolutionSource) -> Iterator[Change]:
    for handler in node.handlers:
        if isinstance(handler.type, ast.Name):
            yield Kind.EXCEPTION, source.replaced(handler.type, _EXCEPTIONS.get(handler.type.id, "KeyError"))
        if not isinstance(handler.body[0], ast.Pass):
            yield Kind.BRANCH, _emptied(handler.body, source)
