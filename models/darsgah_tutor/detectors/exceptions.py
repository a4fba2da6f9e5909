"""Exceptions that left the answer: the name, the message and the line say much of what was believed."""

import ast
import builtins
import difflib
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.reading import (
    CHANGES_IN_PLACE,
    called,
    is_length,
    own_nodes,
    parameters,
    returns_value,
)
from darsgah_tutor.types import Finding, Raised

_IMPORTED = frozenset(
    {"math", "random", "re", "json", "os", "sys", "time", "datetime", "itertools", "functools", "collections"}
    | {"statistics", "string", "copy", "csv", "Path", "Counter", "defaultdict", "deque", "np", "pd", "plt"}
    | {"numpy", "pandas", "sqrt", "pi", "ceil", "floor", "log", "exp", "permutations", "combinations"}
    | {"product", "reduce", "heapq", "bisect", "Decimal", "Fraction"}
)
_EMPTY = r"empty sequence|argument is empty|zero-size array|at least one data point|for empty data"
_LAZY = "generator|map|filter|zip|range|set|dict_keys|dict_values|dict_items"
_MESSAGES: tuple[tuple[str, str, str], ...] = (
    (
        "TypeError",
        r"'(builtin_function_or_method|function|method|type)' object is not subscriptable",
        "called-with-square-brackets",
    ),
    (
        "TypeError",
        r"'(int|float)' object is not iterable|object of type '(int|float)' has no len",
        "numbers-cannot-be-walked-through",
    ),
    (
        "TypeError",
        r"indices must be integers.*, not '?(str|tuple|list)|string index indices must be integers",
        "index-is-a-number",
    ),
    (
        "TypeError",
        r"indices must be integers.*not '?float|'float' object cannot be interpreted|slice indices must",
        "whole-number-wanted",
    ),
    (
        "TypeError",
        r"'(str|tuple|bytes|range)' object does not support item (assignment|deletion)",
        "text-and-tuples-do-not-change",
    ),
    ("TypeError", r"unhashable type", "keys-must-not-change"),
    ("TypeError", r"can only concatenate list", "element-is-no-list"),
    (
        "TypeError",
        r"(concatenate str \(not \"|must be str, not )(?!bytes)|unsupported operand type(?!.*bytes).*'str'",
        "text-is-no-number",
    ),
    (
        "TypeError",
        r"'[<>]=?' not supported between instances of '(str|int|float)' and '(str|int|float)'",
        "text-is-no-number",
    ),
    ("TypeError", r"unsupported operand type.*'list'", "lists-do-not-calculate"),
    (
        "TypeError",
        r"missing \d+ required positional|takes (\d+|no|from)|unexpected keyword argument",
        "arguments-do-not-match",
    ),
    (
        "ValueError",
        r"invalid literal for int|could not convert string to float",
        "not-every-text-is-a-number",
    ),
    ("ValueError", r"(not enough|too many) values to unpack", "parts-do-not-match-names"),
    ("TypeError", r"cannot unpack non-iterable", "parts-do-not-match-names"),
    ("ValueError", r"not in list|is not in tuple|substring not found", "search-may-find-nothing"),
    ("RuntimeError", r"changed size during iteration", "changed-while-walking"),
    ("ZeroDivisionError", r"", "divisor-may-be-zero"),
    (
        "TypeError",
        rf"'({_LAZY})' object is not (subscriptable|reversible)|object of type '({_LAZY})' has no len",
        "lazy-objects-are-no-lists",
    ),
    ("TypeError", r"__init__\(\) should return None", "init-returns-nothing"),
)


def by_message(answer: Answer) -> Iterator[Finding]:
    """Exceptions whose message alone tells the mistake."""
    for raised in answer.raised:
        name = raised.name.rpartition(".")[2]
        for kind, message, misconception in _MESSAGES:
            if name == kind and re.search(message, raised.message):
                yield answer.finding(misconception, _line_of(answer, raised), Sign.SYMPTOM, agrees=True)
                break


def _line_of(answer: Answer, raised: Raised) -> int:
    """Where it was raised; of one raised by calling the answer wrongly, where the function begins."""
    if raised.line:
        return raised.line
    named = re.match(r"(?:\w+\.)*(\w+)\(\)", raised.message)
    for function in answer.functions:
        if named and function.name == named[1]:
            return function.lineno
    return answer.functions[0].lineno if answer.functions else 1


def unknown_name(answer: Answer) -> Iterator[Finding]:
    """NameError: misspelt, not imported, local to another function, or never made."""
    for raised in answer.raised_named("NameError", message=r"name '(\w+)' is not defined"):
        found = re.search(r"name '(\w+)'", raised.message)
        name = found[1] if found else ""
        if raised.line == 0:
            line = answer.functions[0].lineno if answer.functions else 1
            yield answer.finding("asked-name-is-missing", line, Sign.SYMPTOM, agrees=True, name=name)
            continue
        misconception, near = _kind_of_name(answer, name)
        if name in _set_on_self(answer):
            misconception, near = "self-is-left-out", name
        yield answer.finding(misconception, raised.line, Sign.SYMPTOM, agrees=True, name=near or name)


def _set_on_self(answer: Answer) -> set[str]:
    """Names that a method gives its object."""
    return {
        node.attr
        for node in answer.every(ast.Attribute)
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }


def _kind_of_name(answer: Answer, name: str) -> tuple[str, str]:
    """The misconception, and the known name that was probably meant where it is a misspelling."""
    stored = {node.id for node in answer.every(ast.Name) if not isinstance(node.ctx, ast.Load)}
    if name in stored:
        return "names-of-a-function-stay-inside", ""
    if name in _IMPORTED:
        return "import-is-missing", ""
    known = stored | {one for function in answer.functions for one in (function.name, *parameters(function))}
    near = difflib.get_close_matches(name, [*known, *dir(builtins)], n=1, cutoff=0.75)
    if near:
        return "name-is-misspelt", name
    return "name-is-never-made", ""


def used_before_local(answer: Answer) -> Iterator[Finding]:
    """UnboundLocalError: a name that the function assigns, read before."""
    for raised in answer.raised_named("UnboundLocalError"):
        found = re.search(r"variable '(\w+)'", raised.message)
        yield answer.finding(
            "local-name-read-too-early",
            raised.line or 1,
            Sign.SYMPTOM,
            agrees=True,
            name=found[1] if found else "",
        )


def none_used(answer: Answer) -> Iterator[Finding]:
    """None where a value was expected: an own function returned it, or a method that changes in place."""
    for raised in answer.raised_named("TypeError", "AttributeError", message="NoneType"):
        if not raised.line:
            continue
        misconception = "none-is-used-as-a-value"
        if any(_valueless(function) and called_in(answer, function.name) for function in answer.functions):
            misconception = "function-returns-nothing"
        if any(is_in_place(node.value) for node in answer.every(ast.Assign)):
            misconception = "in-place-returns-none"
        yield answer.finding(misconception, raised.line, Sign.SYMPTOM, agrees=True)


def _valueless(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return not any(returns_value(node) for node in own_nodes(function))


def called_in(answer: Answer, name: str) -> bool:
    """Whether the answer itself calls that function."""
    return any(isinstance(node.func, ast.Name) and node.func.id == name for node in answer.every(ast.Call))


def is_in_place(node: ast.AST) -> bool:
    """Whether it calls a method of a list, set or dictionary that changes it and returns None."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CHANGES_IN_PLACE
    )


def empty_input(answer: Answer) -> bool:
    """Whether a failing check hands something empty over."""
    return any(
        re.search(r"\[\]|\(\)\)|\(\(\)|''|\"\"|\{\}|set\(\)|= ?\[\]", f"{check.call} {check.source}")
        for check in answer.failing
    )


def empty_forgotten(answer: Answer) -> Iterator[Finding]:
    """max, min or a mean of nothing."""
    for raised in answer.raised_named("ValueError", "StatisticsError", message=_EMPTY):
        yield answer.finding("empty-input-forgotten", raised.line or 1, Sign.SYMPTOM, agrees=True)
    for raised in answer.raised_named("ZeroDivisionError"):
        lengths = (
            node for node in answer.every(ast.BinOp) if node.lineno == raised.line and is_length(node.right)
        )
        if next(lengths, None) is not None:
            yield answer.finding("empty-input-forgotten", raised.line, Sign.BLUNDER, agrees=True)


def key_missing(answer: Answer) -> Iterator[Finding]:
    """KeyError: counting into a key that is not there yet, or asking for one that never is."""
    for raised in answer.raised_named("KeyError"):
        if not raised.line:
            continue
        grows = any(
            isinstance(node.target, ast.Subscript) and node.lineno == raised.line
            for node in answer.every(ast.AugAssign)
        ) or any(
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Subscript)
            and called(node) in CHANGES_IN_PLACE
            for node in answer.every(ast.Call)
            if node.lineno == raised.line
        )
        if grows:
            yield answer.finding("first-entry-is-missing", raised.line, Sign.SYMPTOM, agrees=True)
        else:
            yield answer.finding("key-may-be-missing", raised.line, Sign.VAGUE_SYMPTOM, agrees=True)


def not_callable(answer: Answer) -> Iterator[Finding]:
    """A number or list with round brackets behind it: a hidden builtin, or a sign that was forgotten."""
    for raised in answer.raised_named("TypeError", message="object is not callable"):
        hidden = [
            node.id
            for node in answer.every(ast.Name)
            if isinstance(node.ctx, ast.Store) and hasattr(builtins, node.id)
        ]
        name = hidden[0] if hidden else ""
        misconception = "name-hides-a-builtin" if hidden else "brackets-behind-a-value-call-it"
        yield answer.finding(misconception, raised.line or 1, Sign.SYMPTOM, agrees=True, name=name)


def attribute_missing(answer: Answer) -> Iterator[Finding]:
    """AttributeError of anything but None: a method of another type, or misspelt."""
    for raised in answer.raised_named("AttributeError", message=r"has no attribute '(\w+)'"):
        if "NoneType" in raised.message:
            continue
        found = re.search(r"'(\w+)' object has no attribute '(\w+)'", raised.message)
        kind, name = (found[1], found[2]) if found else ("", "")
        misconception = (
            "arrays-do-not-grow"
            if kind == "ndarray" and name in CHANGES_IN_PLACE
            else "method-of-another-type"
        )
        own = {node.name for node in answer.every(ast.ClassDef)}
        if kind in own:
            misconception = "self-is-left-out"
        yield answer.finding(misconception, raised.line or 1, Sign.SYMPTOM, agrees=True, name=name)


PATTERNS: tuple[Pattern, ...] = (
    by_message,
    unknown_name,
    used_before_local,
    none_used,
    empty_forgotten,
    key_missing,
    not_callable,
    attribute_missing,
)
