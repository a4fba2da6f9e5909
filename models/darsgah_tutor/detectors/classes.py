"""Classes: self, attributes, and what belongs to the class and not to each object."""

import ast
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.exceptions import is_in_place
from darsgah_tutor.detectors.reading import (
    Function,
    is_empty_list,
    own_nodes,
    parameters,
    reads,
    returns_value,
)
from darsgah_tutor.types import Finding


def _methods(owner: ast.ClassDef) -> Iterator[Function]:
    for node in owner.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def self_missing(answer: Answer) -> Iterator[Finding]:
    """A method without the parameter self, or a call of another method without it."""
    outside = {function.name for function in answer.functions if not answer.is_method(function)}
    for owner in answer.every(ast.ClassDef):
        named = {method.name for method in _methods(owner)}
        for method in _methods(owner):
            first = next(iter(parameters(method)), "")
            if (
                not method.decorator_list
                and first not in {"self", "cls", "this", "other"}
                and not method.args.vararg
            ):
                told = next(answer.raised_named("TypeError", message="positional argument"), None) is not None
                yield answer.finding("methods-take-self", method, Sign.BLUNDER, agrees=told, touches=owner)
            for node in own_nodes(method):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in named - outside
                ):
                    told = answer.ends_at(node, "NameError")
                    yield answer.finding(
                        "self-is-left-out", node, Sign.BLUNDER, agrees=told, name=node.func.id
                    )


def local_for_attribute(answer: Answer) -> Iterator[Finding]:
    """``name = name`` in ``__init__``: a local variable, gone at its end."""
    for owner in answer.every(ast.ClassDef):
        for method in _methods(owner):
            if method.name != "__init__":
                continue
            for node in own_nodes(method):
                target = node.targets[0] if isinstance(node, ast.Assign) else None
                if (
                    isinstance(target, ast.Name)
                    and isinstance(node, ast.Assign)
                    and not _read_later(method, node, target.id)
                ):
                    told = any(
                        target.id in one.message for one in answer.raised_named("AttributeError", "NameError")
                    )
                    yield answer.finding(
                        "self-is-left-out", node, Sign.BLUNDER, agrees=told, touches=owner, name=target.id
                    )


def _read_later(method: Function, node: ast.Assign, name: str) -> bool:
    """Whether the method looks at the name behind the assignment."""
    return any(
        isinstance(one, ast.Name)
        and one.id == name
        and isinstance(one.ctx, ast.Load)
        and one.lineno > node.lineno
        for one in own_nodes(method)
    ) or (reads(node.value, name) and not isinstance(node.value, ast.Name))


def shared_by_all(answer: Answer) -> Iterator[Finding]:
    """A list in the body of a class, which all its objects share."""
    for owner in answer.every(ast.ClassDef):
        shared = {
            node.targets[0].id: node
            for node in owner.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and is_empty_list(node.value)
        }
        for method in _methods(owner):
            for node in own_nodes(method):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    shared.pop(node.attr, None)
        for call in ast.walk(owner):
            if is_in_place(call) and isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                receiver = call.func.value
                if isinstance(receiver, ast.Attribute) and receiver.attr in shared:
                    yield answer.finding(
                        "class-list-is-shared",
                        shared.pop(receiver.attr),
                        Sign.BLUNDER,
                        agrees=True,
                        touches=owner,
                        name=receiver.attr,
                    )


def init_returns(answer: Answer) -> Iterator[Finding]:
    """``return`` of something in ``__init__``."""
    for function in answer.functions:
        if function.name == "__init__":
            for node in own_nodes(function):
                if returns_value(node):
                    yield answer.finding(
                        "init-returns-nothing", node, Sign.BLUNDER, agrees=bool(answer.raised)
                    )


PATTERNS: tuple[Pattern, ...] = (self_missing, local_for_attribute, shared_by_all, init_returns)
