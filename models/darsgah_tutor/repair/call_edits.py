"""Edits of one call: another function of the same sort, other arguments, a call that was forgotten.

Priors are as in ``expression_edits``.
"""

import ast
from collections.abc import Iterator

from darsgah_tutor.repair.sites import Role, Site
from darsgah_tutor.repair.soundness import METHODS, resembling
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import canonical, rebuilt

Offer = tuple[float, ast.expr]
"""A prior, and what to put in the call's place."""

_FAMILIES = (
    {"append", "extend", "insert", "add", "update", "appendleft"},
    {"remove", "pop", "discard", "popleft"},
    {"min", "max"},
    {"minimum", "maximum"},
    {"index", "find", "count", "rfind", "rindex"},
    {"list", "tuple", "set", "sorted", "str", "reversed"},
    {"int", "float", "round"},
    {"ceil", "floor", "trunc", "round", "int"},
    {"keys", "values", "items"},
    {"lower", "upper", "title", "casefold", "capitalize"},
    {"strip", "lstrip", "rstrip"},
    {"startswith", "endswith"},
    {"removeprefix", "removesuffix"},
    {"split", "rsplit", "splitlines", "partition", "rpartition"},
    {"isdigit", "isalpha", "isalnum", "isnumeric", "isspace"},
    {"isupper", "islower"},
    {"union", "intersection", "difference", "symmetric_difference"},
    {"issubset", "issuperset"},
    {"any", "all"},
    {"sum", "len", "max", "min"},
    {"sum", "mean", "median", "prod", "std", "var"},
    {"count", "size", "nunique"},
    {"argmax", "argmin"},
    {"idxmax", "idxmin"},
    {"cumsum", "cumprod"},
    {"zeros", "ones", "eye", "full"},
    {"vstack", "hstack", "concatenate", "stack"},
    {"dot", "outer", "inner", "multiply", "matmul"},
    {"isna", "notna", "isnull", "notnull"},
    {"head", "tail"},
    {"ffill", "bfill"},
    {"sin", "cos", "tan"},
    {"exp", "log", "log2", "log10", "sqrt"},
    {"randint", "randrange"},
    {"ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "RuntimeError"},
)
"""Functions, methods and exceptions of which one is easily taken for another."""
_CONVERSIONS = ("list", "tuple", "len", "str", "int")
_FORGOTTEN = ("abs", "float", "round", "set", "sorted", "sum")
_METHODS_FORGOTTEN = ("strip", "lower", "copy")
_OVER_AN_AXIS = {
    "sum",
    "mean",
    "max",
    "min",
    "std",
    "var",
    "argmax",
    "argmin",
    "all",
    "any",
    "cumsum",
    "prod",
}
_VALUES = {Role.RETURNED, Role.ASSIGNED, Role.ARGUMENT, Role.OPERAND, Role.ITERABLE}


def siblings(name: str) -> set[str]:
    """What may have been meant in place of a function, a method or an exception."""
    return set().union(*(family for family in _FAMILIES if name in family)) - {name}


def other_callees(node: ast.Call, stock: Stock) -> Iterator[Offer]:
    """Another function or method with the same arguments."""
    method = isinstance(node.func, ast.Attribute)
    name = _name_of(node)
    near = siblings(name)
    alike = resembling(name, METHODS) if method else []
    for other in sorted((near | stock.callees | set(alike)) - {name}):
        instead = method and name not in stock.known_methods and other in stock.known_methods
        likely = instead or other in alike[:2] or (other in near and other in stock.callees)
        prior = 0.7 if likely else 0.4 if other in near else 0.3
        if other.isidentifier():
            callee = rebuilt(node.func, attr=other) if method else _name(other)
            yield prior, rebuilt(node, func=callee)


def other_arguments(node: ast.Call) -> Iterator[Offer]:
    """The same function with its arguments in another order, with fewer, or none."""
    if len(node.args) > 1:
        yield 0.4, rebuilt(node, args=[node.args[1], node.args[0], *node.args[2:]])
        yield 0.4, rebuilt(node, args=node.args[:-1])
        yield (0.5 if _name_of(node) == "range" else 0.3), rebuilt(node, args=node.args[1:])
    if len(node.args) == 1:
        yield 0.6, node.args[0]
        yield 0.3, rebuilt(node, args=[])
    for number in range(len(node.keywords)):
        yield 0.3, rebuilt(node, keywords=[*node.keywords[:number], *node.keywords[number + 1 :]])
    if isinstance(node.func, ast.Attribute):
        yield 0.3, node.func.value
        if node.func.attr == "sort":
            yield 0.6, ast.Call(_name("sorted"), [node.func.value, *node.args], node.keywords)
    yield from _of_known_functions(node)


def further_arguments(site: Site, stock: Stock) -> Iterator[Offer]:
    """An argument more: a variable, or one that another call of the function is given by its name."""
    node = site.node
    if not isinstance(node, ast.Call):
        return
    given = {keyword.arg for keyword in node.keywords}
    for keyword in stock.keywords.get(_name_of(node), {}).values():
        if keyword.arg not in given:
            yield 0.5, rebuilt(node, keywords=[*node.keywords, keyword])
    if len(node.args) < stock.arguments.get(_name_of(node), 0):
        for name in stock.names.get(site.function, ()):
            yield 0.5, rebuilt(node, args=[*node.args, _name(name)])


def forgotten_calls(site: Site, stock: Stock) -> Iterator[Offer]:
    """A function around the expression, or a method behind it, that may be missing."""
    node = site.node
    if site.role in _VALUES:
        for name in (*_CONVERSIONS, *_FORGOTTEN):
            yield (0.3 if name in _CONVERSIONS or name in stock.callees else 0.2), called(name, node)
    if site.role in _VALUES or site.role is Role.OWNER:
        known = stock.finishing
        for name in (*known, *(one for one in _METHODS_FORGOTTEN if one not in known)):
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
                method = ast.Call(ast.Attribute(node, name, ast.Load()), [], [])
                yield (0.3 if name in known else 0.2), method


def called(name: str, *arguments: ast.expr) -> ast.Call:
    """A call of a function by its name."""
    return ast.Call(_name(name), list(arguments), [])


def _of_known_functions(node: ast.Call) -> Iterator[Offer]:
    """What belongs to functions that everybody uses."""
    name, one = _name_of(node), ast.Constant(1)
    if name in {"sort", "sorted", "max", "min"} and not any(one.arg == "key" for one in node.keywords):
        yield from _by_component(node, name)
    if name in {"sort", "sorted"}:
        kept = [keyword for keyword in node.keywords if keyword.arg != "reverse"]
        turned = ast.keyword("reverse", ast.Constant(True))
        yield 0.7, rebuilt(node, keywords=kept if len(kept) < len(node.keywords) else [*kept, turned])
        if len(node.args) > (name == "sorted"):
            by_name = [*node.keywords, ast.keyword("key", node.args[-1])]
            yield 0.6, rebuilt(node, args=node.args[:-1], keywords=by_name)
    if name == "range" and len(node.args) == 1:
        yield 0.5, rebuilt(node, args=[one, *node.args])
    if name == "range" and len(node.args) == 2:
        down = [node.args[1], node.args[0], ast.UnaryOp(ast.USub(), one)]
        yield 0.3, rebuilt(node, args=down)
    if isinstance(node.func, ast.Attribute) and name == "append" and len(node.args) == 1:
        first = rebuilt(node, func=rebuilt(node.func, attr="insert"), args=[ast.Constant(0), *node.args])
        yield 0.4, first
    if isinstance(node.func, ast.Attribute) and name == "insert" and len(node.args) == 2:
        yield 0.5, rebuilt(node, func=rebuilt(node.func, attr="append"), args=node.args[1:])
    if isinstance(node.func, ast.Attribute) and name in _OVER_AN_AXIS:
        others = [keyword for keyword in node.keywords if keyword.arg != "axis"]
        for axis in (0, 1):
            yield 0.3, rebuilt(node, keywords=[*others, ast.keyword("axis", ast.Constant(axis))])


def _by_component(node: ast.Call, name: str) -> Iterator[Offer]:
    """Items go by a part of them; what is sorted so is often to be the other way round as well."""
    item = ast.arguments([], [ast.arg("item")], None, [], [], None, [])
    for index in (0, 1, -1):
        picked = ast.Subscript(_name("item"), ast.Constant(index), ast.Load())
        key = ast.keyword("key", ast.Lambda(item, picked))
        yield 0.4, rebuilt(node, keywords=[*node.keywords, key])
        if name in {"sort", "sorted"} and not node.keywords:
            yield 0.3, rebuilt(node, keywords=[key, ast.keyword("reverse", ast.Constant(value=True))])


def _name_of(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else canonical(node.func)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())
