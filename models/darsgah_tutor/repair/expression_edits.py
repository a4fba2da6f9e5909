"""Edits of one expression: the slips that learners make, and what stands in the same role elsewhere.

Every edit has a prior between 0 and 1: how often such a slip is what is wrong, judged by hand from what
introductory courses see, not fitted to any set of programs.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations
from math import sqrt

from darsgah_tutor.repair.call_edits import (
    called,
    forgotten_calls,
    further_arguments,
    other_arguments,
    other_callees,
    siblings,
)
from darsgah_tutor.repair.sites import Role, Site
from darsgah_tutor.repair.soundness import is_unknown, resembling
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import rebuilt, size

Offer = tuple[float, ast.AST]
"""A prior, and what to put in the expression's place."""

_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_TOGGLED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.Eq,
    ast.IsNot: ast.NotEq,
}
_NEAR = (
    {ast.Lt, ast.LtE},
    {ast.Gt, ast.GtE},
    {ast.Lt, ast.Gt},
    {ast.LtE, ast.GtE},
    {ast.Eq, ast.NotEq},
)
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod, ast.Pow)
_WAYS_TO_PICK = {"loc": "iloc", "iloc": "loc", "at": "iat", "iat": "at"}
_OF_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
_FEW = 4
"""Of so many things to choose from each is as likely as if it were the only one."""
_COMPARED = 6
"""Variables that are compared with each other in place of a condition that never changes."""
_COUNTED = {Role.RETURNED, Role.INDEX, Role.OPERAND, Role.ARGUMENT}


def offers(site: Site, stock: Stock) -> Iterator[Offer]:
    """What may be put in an expression's place; some of it twice, some of it nonsense."""
    if site.role is not Role.CALLEE:
        yield from _slips(site, stock.names.get(site.function, ()))
        yield from _by_role(site)
        yield from forgotten_calls(site, stock)
        yield from _taken(site, stock)
    yield from _named(site, stock)
    if isinstance(site.node, ast.Constant):
        yield from _meant(site.node, site, stock)
    if site.role is Role.CONDITION:
        for container in stock.containers.get(site.function, {}).values():
            yield 0.4, ast.BoolOp(ast.Or(), [ast.UnaryOp(ast.Not(), container), site.node])
            yield 0.4, ast.BoolOp(ast.And(), [container, site.node])
    if isinstance(site.node, ast.Call):
        yield from other_callees(site.node, stock)
        yield from further_arguments(site, stock)


def _named(site: Site, stock: Stock) -> Iterator[Offer]:
    """A variable, or another one, and an item of it."""
    names = stock.names.get(site.function, ())
    if isinstance(site.node, ast.Name):
        yield from ((0.4, _name(name)) for name in sorted(siblings(site.node.id)))
        bound = stock.is_bound(site.node.id, site.function)
        alike = () if bound else resembling(site.node.id, names)
        for value in (True, False, None) if not bound else ():
            own = site.node.id.lower()
            yield (1.0 if str(value).lower().startswith(own) else 0.5), ast.Constant(value)
        for name in names:
            yield (0.6 * _one_of(len(names)) if bound else 1.0 if name in alike else 0.9), _name(name)
        if site.role is not Role.OWNER:
            for container in stock.containers.get(site.function, {}).values():
                yield 0.4, ast.Subscript(container, site.node, ast.Load())


def _meant(node: ast.Constant, site: Site, stock: Stock) -> Iterator[Offer]:
    """What may have been meant by a constant: a variable, another text, a condition, what is returned."""
    names = stock.names.get(site.function, ())
    if isinstance(node.value, str):
        yield from ((0.9, _name(name)) for name in names if name == node.value)
        yield from ((0.5, text) for text in stock.texts.values())
    if site.role in {Role.RETURNED, Role.ASSIGNED, Role.INDEX}:
        yield from ((0.4, _name(name)) for name in names)
    if site.role is Role.RETURNED:
        for value in stock.expressions[site.function, Role.RETURNED].values():
            if isinstance(value, ast.Call) and value.args:
                for name in names:
                    yield 0.3, rebuilt(value, args=[_name(name), *value.args[1:]])
    if site.role is Role.CONDITION:
        for one, other in permutations(names[:_COMPARED], 2):
            for operator in (ast.In, ast.NotIn, ast.Lt, ast.Gt, ast.Eq):
                yield 0.3, ast.Compare(_name(one), [operator()], [_name(other)])


def _slips(site: Site, names: Sequence[str]) -> Iterator[Offer]:
    """Other forms of the expression itself; ``names`` are bound where it stands."""
    node = site.node
    match node:
        case ast.Compare(ops=[op]):
            yield from _comparisons(node, op)
        case ast.Compare():
            yield from _chained(node)
        case ast.BoolOp() | ast.UnaryOp() | ast.BinOp():
            yield from _operations(node)
        case ast.Constant():
            yield from _constants(node)
        case ast.Call():
            yield from other_arguments(node)
        case ast.Subscript():
            yield 0.5, node.value
            if isinstance(node.slice, ast.Slice):
                yield from _slices(node, node.slice)
                yield from _bounds(node, node.slice, names)
            else:
                yield 0.5, node.slice
        case _:
            yield from _other_forms(node)


def _other_forms(node: ast.expr) -> Iterator[Offer]:
    match node:
        case ast.List() | ast.Tuple():
            for one in node.elts[:1] if len(node.elts) == 1 else ():
                yield 0.6, one
            other = ast.Tuple if isinstance(node, ast.List) else ast.List
            yield 0.4, other(node.elts, ast.Load())
        case ast.Attribute():
            yield 0.5, ast.Call(node, [], [])
            if node.attr in _WAYS_TO_PICK:
                yield 0.7, rebuilt(node, attr=_WAYS_TO_PICK[node.attr])
        case ast.IfExp():
            yield 0.6, rebuilt(node, body=node.orelse, orelse=node.body)
            yield 0.4, node.body
            yield 0.4, node.orelse


def _operations(node: ast.BoolOp | ast.UnaryOp | ast.BinOp) -> Iterator[Offer]:
    match node:
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield 0.8, rebuilt(node, op=other)
            yield 0.5, rebuilt(node, values=[*node.values[1:], node.values[0]])
            for value in node.values:
                yield 0.6, value
        case ast.UnaryOp():
            yield 0.7, node.operand
        case ast.BinOp():
            yield 0.7, node.left
            yield 0.6, node.right
            yield 0.4, rebuilt(node, left=node.right, right=node.left)
            for operator in _OF_BITS if isinstance(node.op, _OF_BITS) else _ARITHMETIC:
                yield (0.7 if operator in {ast.Add, ast.Sub} else 0.4), rebuilt(node, op=operator())
            if isinstance(node.op, ast.Mult):
                yield 0.3, rebuilt(node, op=ast.MatMult())


def _chained(node: ast.Compare) -> Iterator[Offer]:
    """One of several comparisons in a row."""
    for at, op in enumerate(node.ops):
        for other in _ORDERINGS:
            near = {type(op), other} in _NEAR
            yield (0.9 if near else 0.3), rebuilt(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])


def _comparisons(node: ast.Compare, op: ast.cmpop) -> Iterator[Offer]:
    if type(op) in _TOGGLED:
        yield 0.8, rebuilt(node, ops=[_TOGGLED[type(op)]()])
    elif type(op) in _ORDERINGS:
        for other in _ORDERINGS:
            near = {type(op), other} in _NEAR
            yield (1.0 if near else 0.6), rebuilt(node, ops=[other()])
    if not isinstance(node.comparators[0], ast.Constant):
        for index in (0, 1):
            left, right = _indexed(node.left, index), _indexed(node.comparators[0], index)
            yield 0.4, rebuilt(node, left=left, comparators=[right])
            if type(op) in _MIRRORED:
                turned = _MIRRORED[type(op)]()
                yield 0.3, rebuilt(node, left=left, ops=[turned], comparators=[right])


def _constants(node: ast.Constant) -> Iterator[Offer]:
    value = node.value
    if isinstance(value, bool):
        yield 0.9, ast.Constant(not value)
    elif isinstance(value, int | float):
        for other in (value + 1, value - 1, 0, 1, -value):
            yield 0.8, _number(other)
        for other in (value * 2, value / 2, value * 10, value / 10) if isinstance(value, float) else ():
            yield 0.4, _number(other)
    elif value is None or isinstance(value, str):
        yield 0.4, ast.List([], ast.Load())
    if isinstance(value, str):
        for text in (value.lower(), value.upper(), value.capitalize(), value.swapcase(), value.strip()):
            yield 0.5, ast.Constant(text)
        yield 0.4, ast.Constant(" " if not value else "")


def _slices(node: ast.Subscript, part: ast.Slice) -> Iterator[Offer]:
    one, last = _number(1), _number(-1)
    if part.lower is None:
        yield 0.5, rebuilt(node, slice=rebuilt(part, lower=one))
    if part.upper is None:
        yield 0.4, rebuilt(node, slice=rebuilt(part, upper=last))
    if part.step is None:
        yield 0.4, rebuilt(node, slice=rebuilt(part, step=last))
    for name in ("lower", "upper", "step"):
        if getattr(part, name) is not None:
            yield 0.4, rebuilt(node, slice=rebuilt(part, **{name: None}))


def _bounds(node: ast.Subscript, part: ast.Slice, names: Sequence[str]) -> Iterator[Offer]:
    """A slice with a variable for a bound that it lacks or that is another."""
    for side in ("lower", "upper"):
        for name in names:
            yield 0.3, rebuilt(node, slice=rebuilt(part, **{side: _name(name)}))


def _by_role(site: Site) -> Iterator[Offer]:
    """What may be put around the expression where it stands."""
    node, role = site.node, site.role
    if role is Role.CONDITION and not isinstance(node, ast.BoolOp | ast.Compare):
        yield 0.7, ast.UnaryOp(ast.Not(), node)
    elif role is Role.CONDITION:
        yield 0.5, ast.UnaryOp(ast.Not(), node)
    if role in _COUNTED and not isinstance(
        node, ast.Constant | ast.List | ast.Tuple | ast.Compare | ast.Slice
    ):
        yield 0.6, ast.BinOp(node, ast.Add(), _number(1))
        yield 0.6, ast.BinOp(node, ast.Sub(), _number(1))
    if isinstance(node, ast.Name | ast.Subscript) and site.role is not Role.OWNER:
        yield 0.4, _indexed(node, 0)
        yield 0.4, _indexed(node, 1)
        yield 0.3, _indexed(node, -1)
    if role in {Role.ARGUMENT, Role.OPERAND, Role.ASSIGNED}:
        yield 0.5, ast.List([node], ast.Load())
        yield 0.3, ast.Tuple([node], ast.Load())
    if role in _COUNTED | {Role.ASSIGNED} and not isinstance(node, ast.Constant | ast.Compare | ast.UnaryOp):
        yield 0.3, ast.UnaryOp(ast.USub(), node)
    if role in {Role.RETURNED, Role.ASSIGNED} and isinstance(node, ast.Name | ast.Call | ast.BoolOp):
        yield 0.4, ast.UnaryOp(ast.Not(), node)
    if role is Role.ITERABLE:
        yield 0.6, called("range", node)
        yield 0.6, called("range", called("len", node))
        yield 0.5, called("enumerate", node)
        yield 0.4, ast.Subscript(node, ast.Slice(None, None, None), ast.Load())
        yield 0.4, ast.Subscript(node, ast.Slice(_number(1), None, None), ast.Load())


def _taken(site: Site, stock: Stock) -> Iterator[Offer]:
    """Expressions of the references or of elsewhere in the answer, nearer ones of the same role first."""
    own = size(site.node)
    unknown = is_unknown(site.node, site.function, stock)
    for (function, role), expressions in stock.expressions.items():
        apart = Role.CONDITION in {role, site.role} or Role.CALLEE in {role, site.role}
        if function != site.function or (role is not site.role and apart):
            continue
        share = 1.0 if unknown else _one_of(len(expressions))
        for expression in expressions.values():
            if site.role is Role.OWNER and isinstance(expression, ast.Constant):
                continue
            closeness = 1.0 if unknown else 1 / (1 + abs(size(expression) - own))
            yield share * (0.4 + 0.4 * closeness if role is site.role else 0.3 * closeness), expression


def _one_of(many: int) -> float:
    """What it takes from a prior that there are many things to choose from."""
    return min(1.0, sqrt(_FEW / max(1, many)))


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _number(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _indexed(node: ast.expr, index: int) -> ast.Subscript:
    return ast.Subscript(node, _number(index), ast.Load())
