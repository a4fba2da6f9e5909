"""Functions: what they hand back, what they are handed, and calling themselves."""

import ast
import itertools
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign
from darsgah_tutor.detectors.exceptions import is_in_place
from darsgah_tutor.detectors.reading import (
    Function,
    always_leaves,
    called,
    calls_to,
    is_empty_list,
    own_nodes,
    parameters,
    reads,
    returns_value,
    stores,
)
from darsgah_tutor.types import Finding

_TEXT_METHODS = frozenset(
    {"lower", "upper", "strip", "split", "copy", "keys", "values", "items", "sort", "title"}
)
_RATES = frozenset({"lr", "rate", "learning_rate", "step", "step_size", "eta", "alpha"})


def returns_nothing(answer: Answer) -> Iterator[Finding]:
    """No ``return`` with a value, with or without a print in its place; or not on every way."""
    for function in answer.functions:
        nodes = [*own_nodes(function)]
        if function.name.startswith("__") or any(
            isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes
        ):
            continue
        none = answer.got_none()
        if any(returns_value(node) for node in nodes):
            if not always_leaves(function.body):
                yield answer.finding(
                    "return-missing-on-one-way",
                    function.body[-1],
                    Sign.HABIT,
                    agrees=none,
                    touches=function,
                )
            continue
        prints = [node for node in nodes if called(node) == "print"]
        if prints:
            sign = Sign.BLUNDER if answer.got_everywhere(_is_none) else Sign.HABIT
            yield answer.finding(
                "prints-instead-of-returning", prints[-1], sign, agrees=none, touches=function
            )
        elif none and answer.got_everywhere(_is_none):
            yield answer.finding(
                "function-returns-nothing", function.body[-1], Sign.PATTERN, agrees=True, touches=function
            )


def _is_none(one: Comparison) -> bool:
    return one.got.content is None


def unreachable(answer: Answer) -> Iterator[Finding]:
    """Statements behind a return, break, continue or raise in the same block."""
    for node in answer.every(ast.AST):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if not isinstance(statements, list):
                continue
            for before, after in itertools.pairwise(statements):
                if isinstance(before, ast.Return | ast.Raise | ast.Break | ast.Continue):
                    if isinstance(after, ast.Break | ast.Continue | ast.Pass):
                        break  # superfluous, and no harm
                    yield answer.finding(
                        "nothing-runs-after-return",
                        after,
                        Sign.BLUNDER,
                        agrees=answer.suspect(before),
                        touches=before,
                    )
                    break


def own_result_dropped(answer: Answer) -> Iterator[Finding]:
    """A function of the answer is called on a line of its own, and what it returns is lost."""
    giving = {
        function.name: function
        for function in answer.functions
        if any(returns_value(node) for node in own_nodes(function)) and not _changes_arguments(function)
    }
    for statement in answer.every(ast.Expr):
        call = statement.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in giving):
            continue
        held = answer.function_of(statement)
        if held is giving[call.func.id]:
            yield answer.finding(
                "returned-value-is-not-kept", statement, Sign.BLUNDER, agrees=True, name=call.func.id
            )
        elif held is not None:
            lost = answer.got_none() or next(answer.raised_named("NameError"), None) is not None
            yield answer.finding(
                "returned-value-is-not-kept", statement, Sign.PATTERN, agrees=lost, name=call.func.id
            )


def _changes_arguments(function: Function) -> bool:
    """Whether it works on what it is handed in place, so that its result need not be kept."""
    for node in own_nodes(function):
        if is_in_place(node) or (
            isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
        ):
            return True
    return False


def parameters_not_read(answer: Answer) -> Iterator[Finding]:
    """A parameter that the function overwrites before it looks at it, or never looks at."""
    for function in answer.functions:
        if answer.is_method(function) or answer.function_of(function) is not None or len(function.body) < 2:
            continue
        for name in parameters(function):
            if name.startswith("_"):
                continue
            first = next((one for one in function.body if reads(one, name) or stores(one, name)), None)
            if first is None and not reads(function, name):
                kind = "learning-rate-is-not-used" if name in _RATES else "parameter-is-not-used"
                told = bool(answer.comparisons)
                yield answer.finding(kind, function, Sign.PATTERN, agrees=told, touches=function, name=name)
            elif isinstance(first, ast.Assign) and stores(first, name) and not reads(first.value, name):
                yield answer.finding("parameter-is-overwritten", first, Sign.BLUNDER, agrees=True, name=name)


def shared_default(answer: Answer) -> Iterator[Finding]:
    """A default list or dictionary that the function changes: it is made once, not at each call."""
    for function in answer.functions:
        every = function.args
        named = [*every.posonlyargs, *every.args]
        pairs = [
            *zip(named[len(named) - len(every.defaults) :], every.defaults, strict=True),
            *zip(every.kwonlyargs, every.kw_defaults, strict=True),
        ]
        for parameter, default in pairs:
            if is_empty_list(default) and _is_changed(function, parameter.arg):
                grown = answer.got_everywhere(lambda one: _longer(one.got.content, one.expected.content))
                yield answer.finding(
                    "default-list-is-shared",
                    function,
                    Sign.PATTERN,
                    agrees=grown,
                    touches=function,
                    name=parameter.arg,
                )


def _is_changed(function: Function, name: str) -> bool:
    for node in own_nodes(function):
        if is_in_place(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver: ast.expr = node.func.value
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            receiver = node.value
        else:
            continue
        if isinstance(receiver, ast.Name) and receiver.id == name:
            return True
    return False


def _longer(got: object, expected: object) -> bool:
    return (
        isinstance(got, list | dict | set)
        and isinstance(expected, list | dict | set)
        and len(got) > len(expected)
    )


def recursion(answer: Answer) -> Iterator[Finding]:
    """A function that hands itself what it was handed, or never stops calling itself."""
    endless = next(answer.raised_named("RecursionError"), None)
    shrinks = True
    for function in answer.functions:
        for call in calls_to(function, function.name):
            names = [one.id if isinstance(one, ast.Name) else "" for one in call.args]
            if (
                names
                and names == parameters(function)
                and not _changes_arguments(function)
                and not any(stores(one, name) for name in names for one in own_nodes(function))
            ):
                shrinks = False
                yield answer.finding(
                    "recursion-does-not-shrink", call, Sign.BLUNDER, agrees=endless is not None
                )
    if endless is not None and shrinks:
        yield answer.finding("recursion-has-no-end", endless.line or 1, Sign.SYMPTOM, agrees=True)


def not_called(answer: Answer) -> Iterator[Finding]:
    """A function or method named without round brackets where its result is meant."""
    own = {function.name for function in answer.functions if not answer.is_method(function)}
    for node in answer.every(ast.AST):
        if isinstance(node, ast.Compare):
            used = [node.left, *node.comparators]
        elif isinstance(node, ast.BinOp):
            used = [node.left, node.right]
        elif isinstance(node, ast.Expr | ast.Assign):
            used = [node.value]
        else:
            continue
        for one in used:
            plain = (
                isinstance(one, ast.Attribute)
                and one.attr in _TEXT_METHODS
                and isinstance(one.value, ast.Name)
            )
            bare = isinstance(one, ast.Name) and one.id in own and not isinstance(node, ast.Assign | ast.Expr)
            if plain and not (isinstance(node, ast.Assign) or _is_attribute(answer, one)):
                yield answer.finding("function-is-not-called", one, Sign.BLUNDER, agrees=True)
            elif bare:
                yield answer.finding("function-is-not-called", one, Sign.PATTERN, agrees=bool(answer.raised))


def _is_attribute(answer: Answer, node: ast.expr) -> bool:
    """Whether somebody sets an attribute of that name: then it is no method."""
    name = node.attr if isinstance(node, ast.Attribute) else ""
    return any(one.attr == name and isinstance(one.ctx, ast.Store) for one in answer.every(ast.Attribute))


def name_in_quotes(answer: Answer) -> Iterator[Finding]:
    """A text that is written like a variable of the function, where the variable's value is meant."""
    for function in answer.functions:
        names = {
            *parameters(function),
            *(
                node.id
                for node in own_nodes(function)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ),
        }
        for node in own_nodes(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
                text = repr(node.value)
                told = any(check.got == text and check.expected != text for check in answer.failing)
                missed = answer.ends_at(node, "KeyError") and any(
                    one.message == text for one in answer.raised
                )
                yield answer.finding(
                    "quotes-make-it-a-text", node, Sign.HABIT, agrees=told or missed, name=node.value
                )


PATTERNS: tuple[Pattern, ...] = (
    returns_nothing,
    unreachable,
    own_result_dropped,
    parameters_not_read,
    shared_default,
    recursion,
    not_called,
    name_in_quotes,
)
