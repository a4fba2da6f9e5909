"""Values that change and values that do not: texts, lists, copies, and state that outlives a call."""

import ast
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.exceptions import is_in_place
from darsgah_tutor.detectors.reading import (
    Function,
    called,
    in_statements,
    is_empty_list,
    own_nodes,
    parameters,
    range_over_length,
    stores,
)
from darsgah_tutor.types import Check, Finding, Question
from darsgah_tutor.written_tests import message_of

_GIVE_NEW_TEXT = frozenset(
    {"upper", "lower", "title", "capitalize", "casefold", "swapcase", "strip", "lstrip", "rstrip", "zfill"}
    | {"replace", "split", "splitlines", "join", "format", "translate", "center", "ljust", "rjust"}
    | {"removeprefix", "removesuffix"}
)
_GIVE_NEW_VALUE = frozenset(
    {"sorted", "reversed", "int", "float", "str", "list", "tuple", "set", "abs", "round", "sum", "max", "min"}
)
_NEVER_GIVE = frozenset({"append", "extend", "insert", "sort", "reverse", "clear"})
_HIDDEN = frozenset(
    {
        "list",
        "sum",
        "max",
        "min",
        "len",
        "str",
        "int",
        "dict",
        "set",
        "sorted",
        "range",
        "abs",
        "round",
        "tuple",
    }
    | {"float", "input", "type", "map", "filter"}
)
_UNCHANGED = re.compile(
    r"unchanged|still|cop(y|ies)|original|before|left alone|caller|mutat|in place"
    r"|(not|has|have|was|were) (be(en)? )?(change|alter|touch|modif)",
    re.IGNORECASE,
)


def asks_for_unchanged(question: Question, check: Check) -> bool:
    """Whether a failing check is about what was handed over staying as it was.

    Of a hidden one it is what its author wrote behind it that says so.
    """
    said = check.message + check.source if check.visible else message_of(question, check)
    return bool(
        _UNCHANGED.search(said) or (check.source and re.search(r"copy|before|original", check.source))
    )


def result_dropped(answer: Answer) -> Iterator[Finding]:
    """A method or function that gives a new value, called on a line of its own."""
    for statement in answer.every(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and call.func.attr in _GIVE_NEW_TEXT:
            yield answer.finding(
                "text-methods-give-a-new-text", statement, Sign.BLUNDER, agrees=True, name=call.func.attr
            )
        elif (
            isinstance(call.func, ast.Name)
            and call.func.id in _GIVE_NEW_VALUE
            and answer.function_of(statement)
        ):
            yield answer.finding(
                "functions-give-a-new-value", statement, Sign.BLUNDER, agrees=True, name=call.func.id
            )


def in_place_result_used(answer: Answer) -> Iterator[Finding]:
    """``x = x.sort()``: the method changes the list and returns None."""
    own = {function.name for function in answer.functions}
    for call in answer.every(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr in own:
            continue
        held = answer.parents.get(call)
        shuffles = call.func.attr == "shuffle"
        if (call.func.attr in _NEVER_GIVE or shuffles) and isinstance(
            held, ast.Assign | ast.Return | ast.For | ast.Subscript | ast.Attribute
        ):
            yield answer.finding(
                "in-place-returns-none", call, Sign.BLUNDER, agrees=True, name=call.func.attr
            )


def _mutations(nodes: Iterator[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Names whose object is changed in place, each with the place."""
    for node in nodes:
        receiver: ast.expr | None = None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (is_in_place(node) or node.func.attr in {"pop", "popitem"})
        ):
            receiver = node.func.value
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            receiver = node.value
        while isinstance(receiver, ast.Subscript):
            receiver = receiver.value
        if isinstance(receiver, ast.Name):
            yield receiver.id, node


def aliases(answer: Answer) -> Iterator[Finding]:
    """``new = old`` and then ``new.append(...)``; or a parameter that is changed itself."""
    asked = [asks_for_unchanged(answer.question, check) for check in answer.failing]
    told, alone = any(asked), bool(asked) and all(asked)
    for function in answer.functions:
        changed = dict(reversed([*_mutations(own_nodes(function))]))
        if answer.question.environment != "python":
            changed = {name: place for name, place in changed.items() if isinstance(place, ast.Call)}
        handed = set(parameters(function))
        for node in own_nodes(function):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Name)
                and isinstance(node.targets[0], ast.Name)
            ):
                left, right = node.targets[0].id, node.value.id
                if left in changed and right != left and (right in handed or right in _lists_in(function)):
                    yield answer.finding("second-name-is-no-copy", node, Sign.PATTERN, agrees=told, name=left)
        for name, place in changed.items():
            if (
                name in handed
                and name != "self"
                and not any(stores(node, name) for node in own_nodes(function))
            ):
                sign = Sign.PATTERN if alone else Sign.HABIT
                yield answer.finding("argument-is-changed", place, sign, agrees=told, name=name)


def _lists_in(function: Function) -> set[str]:
    """Names that the function gives a list, dictionary or set."""
    made = (ast.List, ast.Dict, ast.Set, ast.ListComp)
    return {
        node.targets[0].id
        for node in own_nodes(function)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, made)
    }


def shared_inside(answer: Answer) -> Iterator[Finding]:
    """One inner list in many places: ``[[0] * 3] * 3``, ``fromkeys(keys, [])``, one row appended again."""
    for node in answer.every(ast.BinOp):
        listed = node.left if isinstance(node.left, ast.List) else node.right
        if (
            isinstance(node.op, ast.Mult)
            and isinstance(listed, ast.List)
            and listed.elts
            and _is_list(listed.elts[0])
        ):
            yield answer.finding("inner-lists-are-one", node, Sign.BLUNDER, agrees=True)
    for call in answer.every(ast.Call):
        if called(call) == "fromkeys" and len(call.args) == 2 and is_empty_list(call.args[1]):
            yield answer.finding("inner-lists-are-one", call, Sign.BLUNDER, agrees=True)
    for loop in answer.every(ast.For):
        changed = {name for name, _ in _mutations(in_statements(loop.body))}
        for statement in in_statements(loop.body):
            name = _appended_name(statement)
            if (
                name in changed
                and not any(stores(one, name) for one in in_statements(loop.body))
                and name in _begun_outside(answer, loop)
            ):
                yield answer.finding("inner-lists-are-one", statement, Sign.BLUNDER, agrees=True, name=name)


def _is_list(node: ast.expr) -> bool:
    product = (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List)
    )
    return product or isinstance(node, ast.List | ast.ListComp | ast.Dict | ast.Set)


def _appended_name(node: ast.AST) -> str:
    if (
        called(node) == "append"
        and isinstance(node, ast.Call)
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
    ):
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        if not (isinstance(receiver, ast.Name) and receiver.id == node.args[0].id):
            return node.args[0].id
    return ""


def _begun_outside(answer: Answer, loop: ast.For) -> set[str]:
    function = answer.function_of(loop)
    nodes = own_nodes(function) if function else own_nodes(answer.tree) if answer.tree else iter(())
    return {
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and is_empty_list(node.value)
        and node.lineno < loop.lineno
    }


def places_and_values(answer: Answer) -> Iterator[Finding]:
    """``pop`` with an element, or ``remove`` with a place."""
    for loop in answer.every(ast.For):
        if not isinstance(loop.target, ast.Name):
            continue
        for node in in_statements(loop.body):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1
            ):
                continue
            given = node.args[0]
            if not (isinstance(given, ast.Name) and given.id == loop.target.id):
                continue
            over = answer.ends_at(node, "IndexError", "ValueError", "TypeError")
            if (
                node.func.attr == "pop"
                and isinstance(loop.iter, ast.Name)
                and isinstance(node.func.value, ast.Name)
                and loop.iter.id == node.func.value.id
            ):
                yield answer.finding("pop-takes-a-place", node, Sign.PATTERN, agrees=over)
            elif node.func.attr == "remove" and range_over_length(loop) is not None:
                yield answer.finding("remove-takes-a-value", node, Sign.BLUNDER, agrees=over)
    for raised in answer.raised_named("IndexError", message="pop index out of range"):
        yield answer.finding("pop-takes-a-place", raised.line or 1, Sign.SYMPTOM, agrees=True)


def builtin_hidden(answer: Answer) -> Iterator[Finding]:
    """A variable called ``sum`` or ``list``, and the function of that name called behind it."""
    for function in answer.functions:
        nodes = [*own_nodes(function)]
        hidden = {
            node.id: node
            for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in _HIDDEN
        }
        hidden_names = {*hidden, *(set(parameters(function)) & _HIDDEN)}
        for node in nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in hidden_names
            ):
                at = hidden.get(node.func.id, function)
                yield answer.finding(
                    "name-hides-a-builtin",
                    at,
                    Sign.BLUNDER,
                    agrees=bool(answer.raised),
                    touches=node,
                    name=node.func.id,
                )


def state_between_calls(answer: Answer) -> Iterator[Finding]:
    """A list or counter outside the function that every call goes on with."""
    if answer.tree is None:
        return
    outside = {
        target.id: node
        for node in answer.tree.body
        if isinstance(node, ast.Assign)
        and (is_empty_list(node.value) or isinstance(node.value, ast.Constant))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    passed_before = any(check.passed for check in answer.evidence.checks)
    for function in answer.functions:
        globals_named = {
            name for node in own_nodes(function) if isinstance(node, ast.Global) for name in node.names
        }
        own = {
            node.id
            for node in own_nodes(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } - globals_named
        changed = {name for name, _ in _mutations(own_nodes(function))} | globals_named
        for name in sorted((changed & set(outside)) - own - set(parameters(function))):
            yield answer.finding(
                "state-stays-between-calls",
                outside[name],
                Sign.PATTERN,
                agrees=passed_before,
                touches=function,
                name=name,
            )


def keys_only(answer: Answer) -> Iterator[Finding]:
    """``for key, value in table``, which walks through the keys."""
    for loop in answer.every(ast.For):
        pair = (
            isinstance(loop.target, ast.Tuple)
            and len(loop.target.elts) == 2
            and isinstance(loop.iter, ast.Name)
        )
        ended = pair and answer.ends_at(loop.iter, "ValueError", "TypeError", message="unpack")
        if ended and any("{" in check.call for check in answer.failing):
            yield answer.finding(
                "walking-a-dictionary-gives-keys", loop, Sign.BLUNDER, agrees=True, touches=loop.iter
            )


def chain_lost(answer: Answer) -> Iterator[Finding]:
    """``node.next = new`` where what came behind the node was kept nowhere."""
    for function in answer.functions:
        nodes = [*own_nodes(function)]
        kept = any(
            isinstance(node, ast.Assign)
            and any(
                isinstance(one, ast.Attribute) and one.attr == "next" and isinstance(one.ctx, ast.Load)
                for one in ast.walk(node.value)
            )
            for node in nodes
        )
        for node in nodes:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if (
                not kept
                and isinstance(target, ast.Attribute)
                and target.attr == "next"
                and isinstance(target.value, ast.Name)
                and target.value.id != "self"
            ):
                shorter = any(len(check.got) < len(check.expected) for check in answer.failing if check.got)
                yield answer.finding("rest-of-the-chain-is-lost", node, Sign.HABIT, agrees=shorter)


PATTERNS: tuple[Pattern, ...] = (
    result_dropped,
    in_place_result_used,
    aliases,
    shared_inside,
    places_and_values,
    builtin_hidden,
    state_between_calls,
    keys_only,
    chain_lost,
)
