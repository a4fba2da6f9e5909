"""Edits of one statement: dropped, moved into a block or out of it, turned into another kind or another one.

Priors are as in ``expression_edits``.
"""

import ast
from collections.abc import Iterator
from itertools import permutations

from darsgah_tutor.repair.missing_statements import Offer, Statements, put_in
from darsgah_tutor.repair.sites import Block, Role, sites
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import canonical, rebuilt, size, standing, with_node

_MEANT = 7
"""Variables that are tried in place of a value that nobody uses."""
_CHANGING = frozenset(
    {
        "append",
        "extend",
        "insert",
        "remove",
        "sort",
        "reverse",
        "clear",
        "add",
        "discard",
        "update",
        "shuffle",
    }
)
_Loop = ast.For | ast.While


def offers(block: Block, stock: Stock) -> Iterator[Offer]:
    """Other contents for a block or the one that it stands in."""
    statements = block.statements
    for index, statement in enumerate(statements):
        before, after = statements[:index], statements[index + 1 :]
        turned = (*_turned(statement), *_emptied(statement), *_meant(statement, block, stock))
        for prior, new in (*turned, *_otherwise(statement, block, stock)):
            yield prior, statement.lineno, block.place, block.name, [*before, *new, *after]
        if len(statements) > 1:
            yield 0.6, statement.lineno, block.place, block.name, [*before, *after]
        if after:
            swapped = [*before, after[0], statement, *after[1:]]
            yield 0.4, statement.lineno, block.place, block.name, swapped
            for prior, new in (*_drawn_in(statement, after[0]), *_exchanged(statement, after[0])):
                yield prior, after[0].lineno, block.place, block.name, [*before, *new, *after[1:]]
    yield from _moved_out(block)
    yield from put_in(block, stock)


def _turned(statement: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """A statement as one of another kind."""
    match statement:
        case ast.Expr():
            yield from _used(statement)
        case ast.Assign(targets=[ast.Name() as target], value=value):
            yield from _assigned(statement, target, value)
        case ast.AugAssign(target=target, value=value):
            for operator in (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.BitOr):
                if not isinstance(statement.op, operator):
                    yield (
                        (0.7 if operator in {ast.Add, ast.Sub} else 0.3),
                        [rebuilt(statement, op=operator())],
                    )
            yield 0.6, [_like(statement, ast.Assign([target], value))]
        case ast.Return(value=ast.expr()):
            yield 0.3, [_like(statement, ast.Break())]
        case ast.Break():
            yield 0.5, [_like(statement, ast.Continue())]
        case ast.Continue():
            yield 0.5, [_like(statement, ast.Break())]


def _assigned(statement: ast.Assign, target: ast.Name, value: ast.expr) -> Iterator[tuple[float, Statements]]:
    """A value was to be added, taken away, returned, or assigned the other way round."""
    yield 0.5, [_like(statement, ast.AugAssign(target, ast.Add(), value))]
    yield 0.3, [_like(statement, ast.AugAssign(target, ast.Sub(), value))]
    yield 0.3, [_like(statement, ast.AugAssign(target, ast.Mult(), value))]
    yield 0.3, [_like(statement, ast.Return(value))]
    if isinstance(value, ast.Call):
        yield 0.7, [_like(statement, ast.Expr(value))]
    if isinstance(value, ast.Name):
        turned = ast.Assign([ast.Name(value.id, ast.Store())], ast.Name(target.id, ast.Load()))
        yield 0.8, [_like(statement, turned)]


def _used(statement: ast.Expr) -> Iterator[tuple[float, Statements]]:
    """A value that is thrown away is returned or assigned."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[value])):
            yield 0.9, [_like(statement, ast.Return(value))]
        case ast.Expr(value=ast.Call() as call):
            yield 0.6, [_like(statement, ast.Return(call))]
            for argument in call.args[:1]:
                if isinstance(argument, ast.Name):
                    target = ast.Name(argument.id, ast.Store())
                    yield 0.6, [_like(statement, ast.Assign([target], call))]
        case ast.Expr(value=ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[value])):
            yield 0.9, [_like(statement, ast.Assign([ast.Name(name, ast.Store())], value))]
            yield 0.6, [_like(statement, ast.Return(statement.value))]
        case ast.Expr(value=value):
            yield 0.8, [_like(statement, ast.Return(value))]


def _meant(statement: ast.stmt, block: Block, stock: Stock) -> Iterator[tuple[float, Statements]]:
    """A value that nobody uses may have been meant as an assignment."""
    if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
        names = stock.names.get(block.function, ())[:_MEANT]
        for one, other in permutations(names, 2):
            target, value = ast.Name(one, ast.Store()), ast.Name(other, ast.Load())
            yield 0.5, [_like(statement, ast.Assign([target], value))]


def _otherwise(statement: ast.stmt, block: Block, stock: Stock) -> Iterator[tuple[float, Statements]]:
    """A statement of a reference in its place, a condition around it, what leaves the loop."""
    if isinstance(statement, ast.Pass) and block.in_loop:
        yield 0.6, [_like(statement, ast.Break())]
        yield 0.6, [_like(statement, ast.Continue())]
    if hasattr(statement, "body"):
        return
    yield from _done_before(statement)
    for other in stock.statements[block.function].values():
        yield 0.4 / (1 + size(other) / 20), [standing(other, statement.lineno)]
    if not isinstance(statement, ast.Pass):
        for condition in stock.expressions[block.function, Role.CONDITION].values():
            yield 0.3, [_like(statement, ast.If(condition, [statement], []))]


def _done_before(statement: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """A method that changes its object and returns nothing is called first; then the object is used."""
    alone = ast.Module([statement], [])
    for site in sites(alone):
        match site.node:
            case ast.Call(func=ast.Attribute(value=changed, attr=name)) as call if name in _CHANGING:
                if not isinstance(site.parent, ast.Expr):
                    (used,) = with_node(alone, site.place, changed).body
                    yield 0.9, [_like(statement, ast.Expr(call)), used]


def _emptied(statement: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """A block's owner gives way to its block, or to another owner."""
    if isinstance(statement, ast.If | ast.For | ast.While):
        yield 0.4, [*statement.body]
    match statement:
        case ast.If(orelse=[]):
            yield 0.4, [_like(statement, ast.While(statement.test, statement.body, []))]
        case ast.If(orelse=[ast.If() as second]):
            alone: ast.stmt = rebuilt(statement, orelse=[])
            yield 0.5, [alone, second]
            yield 0.4, [alone]
            yield 0.5, [rebuilt(second, orelse=[rebuilt(statement, orelse=second.orelse)])]
        case ast.If():
            alone = rebuilt(statement, orelse=[])
            yield 0.6, [alone, *statement.orelse]
            yield 0.5, [alone]
            yield 0.6, [rebuilt(statement, body=statement.orelse, orelse=statement.body)]
        case ast.While():
            yield 0.4, [_like(statement, ast.If(statement.test, statement.body, []))]


def _drawn_in(first: ast.stmt, second: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """A statement moves into the block beside it."""
    if isinstance(first, ast.If | _Loop):
        yield 0.6, [rebuilt(first, body=[*first.body, second])]
    if isinstance(first, ast.If):
        yield 0.5, [rebuilt(first, orelse=[*first.orelse, second])]
    if isinstance(second, _Loop) and not isinstance(first, ast.FunctionDef):
        yield 0.6, [rebuilt(second, body=[first, *second.body])]


def _exchanged(first: ast.stmt, second: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """``a = b`` and ``b = a`` lose a value: both at once."""
    match first, second:
        case ast.Assign(targets=[one], value=value), ast.Assign(targets=[other], value=back) if canonical(
            one
        ) == canonical(back) and canonical(other) == canonical(value):
            targets, values = ast.Tuple([one, other], ast.Store()), ast.Tuple([value, back], ast.Load())
            yield 1.0, [_like(first, ast.Assign([targets], values))]


def _moved_out(block: Block) -> Iterator[Offer]:
    """Statements leave their block: the rest behind it, the first before it, an else to the loop's end."""
    if block.above is None or isinstance(block.owner, ast.FunctionDef | ast.mod):
        return
    outer, position = block.above
    before, after = outer.statements[:position], outer.statements[position + 1 :]
    statements = block.statements
    for index in range(1, len(statements)):
        rest = rebuilt(block.owner, **{block.name: statements[:index]})
        prior = 0.9 if isinstance(statements[index], ast.Return) else 0.6
        new = [*before, rest, *statements[index:], *after]
        yield prior, statements[index].lineno, outer.place, outer.name, new
    if len(statements) > 1:
        rest = rebuilt(block.owner, **{block.name: statements[1:]})
        yield 0.5, statements[0].lineno, outer.place, outer.name, [*before, statements[0], rest, *after]
    yield from _else_after_loop(block, outer, position)


def _else_after_loop(block: Block, outer: Block, position: int) -> Iterator[Offer]:
    """``if found: return yes`` / ``else: return no`` in a loop: the else belongs behind the loop."""
    if block.name != "orelse" or outer.above is None or not isinstance(outer.owner, _Loop):
        return
    around, place_of_loop = outer.above
    rest = [*outer.statements]
    rest[position] = rebuilt(rest[position], orelse=[])
    loop = rebuilt(outer.owner, **{outer.name: rest})
    before, after = around.statements[:place_of_loop], around.statements[place_of_loop + 1 :]
    new = [*before, loop, *block.statements, *after]
    yield 1.0, block.statements[0].lineno, around.place, around.name, new


def _like(old: ast.stmt, new: ast.stmt) -> ast.stmt:
    """The new statement on the old one's line."""
    vars(new)["lineno"] = old.lineno
    return new
