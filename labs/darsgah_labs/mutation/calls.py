"""Changes of calls: another function or method of the same sort, arguments dropped, swapped or turned."""

import ast
from collections.abc import Iterator

from darsgah_labs.mutation.kinds import Kind
from darsgah_labs.mutation.operators import Change
from darsgah_labs.mutation.solution_source import Edit, SolutionSource
from darsgah_labs.mutation.values import TOLD_TO_PEOPLE

_SIBLINGS = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "sorted": ("list", "reversed"),
    "reversed": ("list",),
    "set": ("list",),
    "ceil": ("floor",),
    "floor": ("ceil",),
    "round": ("int",),
    "int": ("round",),
    "strip": ("lstrip", "rstrip"),
    "lstrip": ("strip",),
    "rstrip": ("strip",),
    "lower": ("upper",),
    "upper": ("lower",),
    "casefold": ("upper",),
    "title": ("upper",),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "find": ("rfind",),
    "rfind": ("find",),
    "split": ("rsplit",),
    "rsplit": ("split",),
    "partition": ("rpartition",),
    "rpartition": ("partition",),
    "removeprefix": ("removesuffix",),
    "removesuffix": ("removeprefix",),
    "extend": ("append",),
    "appendleft": ("append",),
    "popleft": ("pop",),
    "add": ("discard",),
    "union": ("intersection",),
    "intersection": ("union",),
    "difference": ("union",),
    "keys": ("values",),
    "values": ("keys",),
    "isdigit": ("isalpha",),
    "isalpha": ("isdigit",),
    "isupper": ("islower",),
    "islower": ("isupper",),
    "randint": ("randrange",),
    "sin": ("cos",),
    "cos": ("sin",),
    "log": ("exp",),
    "exp": ("log",),
}
_TABLE_SIBLINGS = {
    "mean": ("sum", "median"),
    "sum": ("mean", "prod"),
    "median": ("mean",),
    "count": ("size",),
    "nunique": ("count",),
    "std": ("var",),
    "var": ("std",),
    "head": ("tail",),
    "tail": ("head",),
    "idxmax": ("idxmin",),
    "idxmin": ("idxmax",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "vstack": ("hstack",),
    "hstack": ("vstack",),
    "isna": ("notna",),
    "isnull": ("notnull",),
    "notna": ("isna",),
    "notnull": ("isnull",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "outer": ("multiply",),
    "ffill": ("bfill",),
    "bfill": ("ffill",),
    "loc": ("iloc",),
}
_UNWRAPPED = frozenset({"abs", "int", "round", "str", "float", "list", "set", "tuple", "ceil", "floor"})
"""Functions of one value that a learner may forget."""

_LEFT_OUT = frozenset(
    {
        "strip", "lstrip", "rstrip", "lower", "upper", "title", "casefold", "copy", "dropna",
        "drop_duplicates", "fillna", "sort_values", "sort_index", "reset_index", "abs", "round", "astype",
        "ravel", "flatten",
    }
)  # fmt: skip
"""Methods that give back something of the same sort, so that forgetting them still runs."""

_EITHER_WAY = frozenset({"min", "max", "gcd", "lcm", "maximum", "minimum", "isclose", "allclose", "hypot"})
"""Functions of which the order of the arguments means nothing."""

_OPTIONS = {
    "how": {"left": "inner", "right": "inner", "inner": "outer", "outer": "inner"},
    "keep": {"first": "last", "last": "first"},
    "method": {"ffill": "bfill", "bfill": "ffill", "min": "max", "max": "min"},
}
_SAME_HERE = frozenset({"encoding"})
"""Keyword arguments of which the default is the same on every machine that labs are graded on."""

_NUMBERED = frozenset({"axis", "ddof"})


def call_changes(node: ast.AST, source: SolutionSource) -> Iterator[Change]:
    """The changes of the call, or the attribute, that ``node`` itself is."""
    if isinstance(node, ast.Call):
        yield from _siblings(node, source)
        yield from _forgotten(node, source)
        yield from _arguments(node, source)
        yield from _keywords(node, source)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr == "T":
        yield Kind.TABLE, source.replaced(node, source.segment(node.value))


def _siblings(node: ast.Call, source: SolutionSource) -> Iterator[Change]:
    function, name = node.func, _called(node)
    for kind, siblings in ((Kind.CALL, _SIBLINGS), (Kind.TABLE, _TABLE_SIBLINGS)):
        if kind is Kind.TABLE and isinstance(function, ast.Name):
            continue
        for other in siblings.get(name, ()):
            edit = source.replaced(function, source.segment(function).removesuffix(name) + other)
            yield kind, edit
    if isinstance(function, ast.Attribute) and name == "append" and len(node.args) == 1:
        receiver, value = source.segment(function.value), source.segment(node.args[0])
        yield Kind.CALL, source.replaced(node, f"{receiver}.insert(0, {value})")


def _forgotten(node: ast.Call, source: SolutionSource) -> Iterator[Change]:
    """The call left away, its one argument or its receiver in its place."""
    function, name = node.func, _called(node)
    if name in _UNWRAPPED and node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield Kind.CALL, source.replaced(node, _standing_alone(node.args[0], source))
    elif isinstance(function, ast.Attribute) and name in _LEFT_OUT:
        yield Kind.CALL, source.replaced(node, source.segment(function.value))


def _arguments(node: ast.Call, source: SolutionSource) -> Iterator[Change]:
    plain = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    if len(plain) != len(node.args) or _raises(node, source) or _called(node) in TOLD_TO_PEOPLE:
        return
    if len(plain) >= 2:
        first, second = plain[0], plain[1]
        gap = source.data[source.end(first) : source.start(second)].decode()
        swapped = f"{source.segment(second)}{gap}{source.segment(first)}"
        if _called(node) not in _EITHER_WAY:
            yield Kind.ARGUMENT, Edit(source.start(first), source.end(second), swapped)
        yield Kind.ARGUMENT, Edit(source.end(plain[-2]), source.end(plain[-1]), "")


def _called(node: ast.Call) -> str:
    """The function's or the method's own name; empty for what is called in another way."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _standing_alone(node: ast.expr, source: SolutionSource) -> str:
    """An expression in a call's place, in parentheses where it could fall apart."""
    text = source.segment(node)
    return text if isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript) else f"({text})"


def _raises(node: ast.Call, source: SolutionSource) -> bool:
    return isinstance(source.parents.get(node), ast.Raise)


def _keywords(node: ast.Call, source: SolutionSource) -> Iterator[Change]:
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        if keyword.arg not in _SAME_HERE:
            yield Kind.ARGUMENT, _without(keyword, node, source)
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        other = _OPTIONS.get(keyword.arg, {}).get(value) if isinstance(value, str) else None
        if other is not None:
            yield Kind.TABLE, source.replaced(keyword.value, repr(other))
        elif keyword.arg in _NUMBERED and value in (0, 1):
            yield Kind.TABLE, source.replaced(keyword.value, "0" if value else "1")


def _without(keyword: ast.keyword, call: ast.Call, source: SolutionSource) -> Edit:
    """A keyword argument left out, with the comma before it, or after it where it stands first."""
    start, end = source.start(keyword), source.end(keyword)
    before = source.data[source.end(call.func) : start]
    if before.rstrip().endswith(b","):
        return Edit(source.end(call.func) + before.rindex(b","), end, "")
    after = source.between(end, source.end(call), r"\s*,\s*", "")
    return Edit(start, after.end if after and len(call.keywords) > 1 else end, "")
