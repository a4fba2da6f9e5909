"""From the tests of a question to what is asked of an answer, check by check.

Every top-level statement of a test that can fail on purpose is a check: it asserts, raises, or calls a
function that does. What stands before it belongs to it. A check that fails does not keep the next one from
being tried; one that needs what could not be prepared is left out.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from darsgah_grader.comparisons import Comparisons, Site

_LONGEST_TEST = 200_000


@dataclass(frozen=True, slots=True)
class TestCode:
    """The statements of one test; ``visible`` says that the learner can read them."""

    __test__ = False  # nothing of pytest's

    name: str
    source: str
    visible: bool


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """One check.

    Attributes:
        test: index of the test that it belongs to.
        line: where its statement stands in the test's source, from 1.
        source: that statement, as it is written.
        steps: what is run for it, in order, the statement itself last: source and the names that it binds.
        plain: the same statements as they are written, in one piece.
        needs: names of the test's own that it uses.
        sites: what it compares; empty where the test is hidden.
        call: the call of the learner's code to name where no comparison was begun.
    """

    test: int
    line: int
    source: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    plain: str
    needs: frozenset[str]
    sites: tuple[Site, ...] = ()
    call: str = ""


def planned(tests: Sequence[TestCode], subjects: frozenset[str], setup: Iterable[str]) -> list[PlannedCheck]:
    """The checks of a question's tests, in order.

    Args:
        subjects: names that the answer binds.
        setup: sources of the cells around the answer, in which helpers of the tests may be defined.
    """
    helpers = {name for source in setup for name in _asserting_functions(_statements(source))}
    return [check for number, test in enumerate(tests) for check in _checks(number, test, subjects, helpers)]


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level; none where it does not parse."""
    return frozenset(name for statement in _statements(source) for name in _binds(statement))


def _statements(source: str) -> list[ast.stmt]:
    if len(source) > _LONGEST_TEST:
        return []
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _checks(
    number: int, test: TestCode, subjects: frozenset[str], helpers: set[str]
) -> Iterator[PlannedCheck]:
    statements = _statements(test.source)
    if not statements:
        if test.source.strip():  # IPython's own syntax, or broken: one check as a whole
            yield PlannedCheck(
                number, 1, _told(test, test.source), ((test.source, ()),), test.source, frozenset()
            )
        return
    helpers |= set(_asserting_functions(statements))
    rewriter = Comparisons(subjects)
    prepared: list[ast.stmt] = []
    found = False
    own: set[str] = set()
    for statement in statements:
        prepared.append(statement)
        if _can_fail(statement, helpers):
            yield _check(number, test, prepared, rewriter, own)
            found, prepared = True, []
        own |= _binds(statement)
    if prepared and (not found or _calls(prepared)) and _does_something(prepared):
        yield _check(number, test, prepared, rewriter, own)


def _check(
    number: int, test: TestCode, statements: list[ast.stmt], rewriter: Comparisons, own: set[str]
) -> PlannedCheck:
    """A check of some statements, the last of which decides."""
    first = len(rewriter.sites)
    call = rewriter.first_call(statements) if test.visible else ""
    steps = tuple(
        (
            rewriter.rewritten(statement) if test.visible else ast.unparse(statement),
            tuple(sorted(_binds(statement))),
        )
        for statement in statements
    )
    deciding = statements[-1]
    written = ast.get_source_segment(test.source, deciding) or ast.unparse(deciding)
    used = {node.id for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Name)}
    bound_here = {name for statement in statements for name in _binds(statement)}
    return PlannedCheck(
        test=number,
        line=deciding.lineno,
        source=_told(test, written),
        steps=steps,
        plain="\n".join(ast.unparse(statement) for statement in statements),
        needs=frozenset((used & own) - bound_here),
        sites=(Site(""),) * first + tuple(rewriter.sites[first:]),
        call=call,
    )


def _told(test: TestCode, source: str) -> str:
    return source if test.visible else ""


def _binds(statement: ast.stmt) -> set[str]:
    """Names that a statement binds where it stands."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names: set[str] = set()
    for node in _running(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a statement does: not the insides of functions, classes and comprehensions."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    comprehension = isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    for child in ast.iter_child_nodes(node):
        if not comprehension:
            yield from _running(child)
        else:
            yield from (inner for inner in ast.walk(child) if not isinstance(inner, ast.Name))


def _can_fail(statement: ast.stmt, helpers: set[str]) -> bool:
    """Whether a statement is there to fail: it asserts, raises, or calls what does."""
    return any(_is_assertion(node, helpers) for node in _running(statement))


def _is_assertion(node: ast.AST, helpers: set[str]) -> bool:
    if isinstance(node, ast.Assert | ast.Raise):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name.startswith("assert") or name in {"raises", "fail"} or name in helpers


def _asserting_functions(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Names of the functions among some statements that assert something."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = (node for inner in statement.body for node in ast.walk(inner))
            if any(
                isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _is_assertion(node, set()))
                for node in inside
            ):
                yield statement.name


def _calls(statements: Iterable[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") != "print"
        for statement in statements
        for node in _running(statement)
    )


def _does_something(statements: Iterable[ast.stmt]) -> bool:
    """Whether there is more than a text: the note that stands in place of a test is no check."""
    return any(
        not (
            isinstance(statement, ast.Pass)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        )
        for statement in statements
    )
