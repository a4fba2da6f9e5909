"""Edits of one expression: the slips that learners make, and what stands in the same role elsewhere.

Every edit has a prior between 0 and 1: how often such a slip is what is wrong, judged by hand from what
introductory courses see, not fitted to any set of programs.
"""

import ast
from collections.abc import Iterator

from darsgah_tutor.repair.sites import Role, Site
from darsgah_tutor.repair.soundness import METHODS, resembling
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import canonical, rebuilt, size

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
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod, ast.Pow)
_FAMILIES = (
    {"append", "extend", "insert", "add", "update"},
    {"remove", "pop", "discard"},
    {"min", "max"},
    {"index", "find", "count"},
    {"list", "tuple", "set", "sorted", "str"},
    {"int", "float", "round"},
    {"keys", "values", "items"},
    {"lower", "upper", "title"},
    {"any", "all"},
    {"sum", "len", "max", "min"},
)
_CONVERSIONS = ("list", "tuple", "len", "str", "int")
_COUNTED = {Role.RETURNED, Role.INDEX, Role.OPERAND, Role.ARGUMENT}


def offers(site: Site, stock: Stock) -> Iterator[Offer]:
    """What may be put in an expression's place; some of it twice, some of it nonsense."""
    if site.role is not Role.CALLEE:
        yield from _slips(site)
        yield from _by_role(site)
        yield from _taken(site, stock)
    if isinstance(site.node, ast.Name):
        bound = stock.is_bound(site.node.id, site.function)
        names = stock.names.get(site.function, ())
        alike = () if bound else resembling(site.node.id, names)
        for name in names:
            yield (0.6 if bound else 1.0 if name in alike else 0.9), _name(name)
        if site.role is not Role.OWNER:
            for container in stock.containers.get(site.function, {}).values():
                yield 0.4, ast.Subscript(container, site.node, ast.Load())
    if site.role is Role.CONDITION:
        for container in stock.containers.get(site.function, {}).values():
            yield 0.4, ast.BoolOp(ast.Or(), [ast.UnaryOp(ast.Not(), container), site.node])
            yield 0.4, ast.BoolOp(ast.And(), [container, site.node])
    if isinstance(site.node, ast.Call):
        yield from _other_callees(site.node, stock)


def _slips(site: Site) -> Iterator[Offer]:
    """Other forms of the expression itself."""
    node = site.node
    match node:
        case ast.Compare(ops=[op]):
            yield from _comparisons(node, op)
        case ast.BoolOp() | ast.UnaryOp() | ast.BinOp():
            yield from _operations(node)
        case ast.Constant():
            yield from _constants(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Subscript():
            yield 0.5, node.value
            if isinstance(node.slice, ast.Slice):
                yield from _slices(node, node.slice)
            else:
                yield 0.5, node.slice
        case ast.List() | ast.Tuple():
            for one in node.elts[:1] if len(node.elts) == 1 else ():
                yield 0.6, one
            other = ast.Tuple if isinstance(node, ast.List) else ast.List
            yield 0.4, other(node.elts, ast.Load())
        case ast.Attribute():
            yield 0.5, ast.Call(node, [], [])


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
            for operator in _ARITHMETIC:
                yield (0.7 if operator in {ast.Add, ast.Sub} else 0.4), rebuilt(node, op=operator())


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


def _constants(node: ast.Constant) -> Iterator[Offer]:
    value = node.value
    if isinstance(value, bool):
        yield 0.9, ast.Constant(not value)
    elif isinstance(value, int | float):
        for other in (value + 1, value - 1, 0, 1, -value):
            yield 0.8, _number(other)
    elif value is None or isinstance(value, str):
        yield 0.4, ast.List([], ast.Load())


def _calls(node: ast.Call) -> Iterator[Offer]:
    if len(node.args) == 2:
        yield 0.4, rebuilt(node, args=node.args[::-1])
    if len(node.args) > 1:
        yield 0.4, rebuilt(node, args=node.args[:-1])
        yield 0.3, rebuilt(node, args=node.args[1:])
    if len(node.args) == 1:
        yield 0.6, node.args[0]
        yield 0.3, rebuilt(node, args=[])
    if isinstance(node.func, ast.Attribute):
        yield 0.3, node.func.value
        if node.func.attr == "sort":
            yield 0.6, ast.Call(_name("sorted"), [node.func.value, *node.args], node.keywords)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else canonical(node.func)
    if name in {"sort", "sorted"}:
        kept = [keyword for keyword in node.keywords if keyword.arg != "reverse"]
        turned = (
            kept if len(kept) < len(node.keywords) else [*kept, ast.keyword("reverse", ast.Constant(True))]
        )
        yield 0.7, rebuilt(node, keywords=turned)
        if len(node.args) > (name == "sorted"):
            by_name = [*node.keywords, ast.keyword("key", node.args[-1])]
            yield 0.6, rebuilt(node, args=node.args[:-1], keywords=by_name)


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
    if role in {Role.RETURNED, Role.ASSIGNED, Role.ARGUMENT, Role.OPERAND, Role.ITERABLE}:
        for name in _CONVERSIONS:
            yield 0.3, _called(name, node)
    if role is Role.ITERABLE:
        yield 0.6, _called("range", node)
        yield 0.6, _called("range", _called("len", node))
        yield 0.5, _called("enumerate", node)
        yield 0.4, ast.Subscript(node, ast.Slice(None, None, None), ast.Load())
        yield 0.4, ast.Subscript(node, ast.Slice(_number(1), None, None), ast.Load())


def _other_callees(node: ast.Call, stock: Stock) -> Iterator[Offer]:
    method = isinstance(node.func, ast.Attribute)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else canonical(node.func)
    near = set().union(*(family for family in _FAMILIES if name in family))
    alike = resembling(name, METHODS) if method else []
    for other in sorted((near | stock.callees | set(alike)) - {name}):
        instead = method and name not in stock.known_methods and other in stock.known_methods
        likely = instead or other in alike[:2] or (other in near and other in stock.callees)
        prior = 0.7 if likely else 0.3
        if other.isidentifier():
            callee = rebuilt(node.func, attr=other) if method else _name(other)
            yield prior, rebuilt(node, func=callee)


def _taken(site: Site, stock: Stock) -> Iterator[Offer]:
    """Expressions of the references or of elsewhere in the answer, nearer ones of the same role first."""
    own = size(site.node)
    for (function, role), expressions in stock.expressions.items():
        apart = Role.CONDITION in {role, site.role} or Role.CALLEE in {role, site.role}
        if function != site.function or (role is not site.role and apart):
            continue
        for expression in expressions.values():
            if site.role is Role.OWNER and isinstance(expression, ast.Constant):
                continue
            closeness = 1 / (1 + abs(size(expression) - own))
            yield (0.4 + 0.4 * closeness if role is site.role else 0.3 * closeness), expression


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _number(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _indexed(node: ast.expr, index: int) -> ast.Subscript:
    return ast.Subscript(node, _number(index), ast.Load())


def _called(name: str, argument: ast.expr) -> ast.Call:
    return ast.Call(_name(name), [argument], [])
