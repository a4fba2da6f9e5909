"""Edits of one statement: dropped, moved into a block or out of it, turned into another kind, put in.

Priors are as in ``expression_edits``.
"""

import ast
from collections.abc import Iterator
from itertools import permutations

from darsgah_tutor.repair.sites import Block, Role
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import Place, canonical, last_line, rebuilt, size

Statements = list[ast.stmt]
Offer = tuple[float, int, Place, str, Statements]
"""A prior, the line that is edited, and a block (its owner's place and field) with what it is to hold."""

_MEANT = 7
"""Variables that are tried in place of a value that nobody uses."""
_Loop = ast.For | ast.While
_Ending = ast.Return | ast.Break | ast.Continue | ast.Raise


def offers(block: Block, stock: Stock) -> Iterator[Offer]:
    """Other contents for a block or the one that it stands in."""
    statements = block.statements
    for index, statement in enumerate(statements):
        before, after = statements[:index], statements[index + 1 :]
        for prior, new in (*_turned(statement), *_emptied(statement), *_meant(statement, block, stock)):
            yield prior, statement.lineno, block.place, block.name, [*before, *new, *after]
        if len(statements) > 1:
            yield 0.6, statement.lineno, block.place, block.name, [*before, *after]
        if after:
            swapped = [*before, after[0], statement, *after[1:]]
            yield 0.4, statement.lineno, block.place, block.name, swapped
            for prior, new in (*_drawn_in(statement, after[0]), *_exchanged(statement, after[0])):
                yield prior, after[0].lineno, block.place, block.name, [*before, *new, *after[1:]]
    yield from _moved_out(block)
    yield from _put_in(block, stock)


def _turned(statement: ast.stmt) -> Iterator[tuple[float, Statements]]:
    """A statement as one of another kind."""
    match statement:
        case ast.Expr():
            yield from _used(statement)
        case ast.Assign(targets=[ast.Name() as target], value=value):
            yield 0.5, [_like(statement, ast.AugAssign(target, ast.Add(), value))]
            yield 0.3, [_like(statement, ast.Return(value))]
            if isinstance(value, ast.Call):
                yield 0.7, [_like(statement, ast.Expr(value))]
            if isinstance(value, ast.Name):
                turned = ast.Assign([ast.Name(value.id, ast.Store())], ast.Name(target.id, ast.Load()))
                yield 0.8, [_like(statement, turned)]
        case ast.AugAssign(target=target, value=value):
            other = ast.Sub() if isinstance(statement.op, ast.Add) else ast.Add()
            yield 0.7, [rebuilt(statement, op=other)]
            yield 0.6, [_like(statement, ast.Assign([target], value))]
        case ast.Return(value=ast.expr()):
            yield 0.3, [_like(statement, ast.Break())]
        case ast.Break():
            yield 0.5, [_like(statement, ast.Continue())]
        case ast.Continue():
            yield 0.5, [_like(statement, ast.Break())]


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


def _meant(statement: ast.stmt, block: Block, stock: Stock) -> Iterator[tuple[float, Statements]]:
    """A value that nobody uses may have been meant as an assignment."""
    if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
        names = stock.names.get(block.function, ())[:_MEANT]
        for one, other in permutations(names, 2):
            target, value = ast.Name(one, ast.Store()), ast.Name(other, ast.Load())
            yield 0.5, [_like(statement, ast.Assign([target], value))]


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


def _put_in(block: Block, stock: Stock) -> Iterator[Offer]:
    """A new statement at any place of a block."""
    statements = block.statements
    if not statements:
        return
    ends = isinstance(statements[-1], _Ending)
    for index in range(len(statements) + 1 - ends):
        line = statements[index].lineno if index < len(statements) else last_line(statements[-1])
        for prior, new in _additions(block, index, stock):
            if isinstance(new, _Ending) and index < len(statements):
                continue  # nothing behind it would run
            placed = _at(new, line)
            yield prior, line, block.place, block.name, [*statements[:index], placed, *statements[index:]]


def _additions(block: Block, index: int, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    for statement in stock.statements[block.function].values():
        yield 0.5 / (1 + size(statement) / 20), statement
    if index == len(block.statements):
        yield from _endings(block, stock)
    if isinstance(block.owner, ast.FunctionDef) and index == 0:
        for argument in block.owner.args.args:
            copied = ast.Call(ast.Name("list", ast.Load()), [ast.Name(argument.arg, ast.Load())], [])
            yield 0.4, ast.Assign([ast.Name(argument.arg, ast.Store())], copied)


def _endings(block: Block, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    """What a block may have lacked at its end."""
    if block.in_loop:
        yield 0.4, ast.Break()
    if block.function:
        body = isinstance(block.owner, ast.FunctionDef)
        for name in stock.names.get(block.function, ()):
            yield (0.7 if body else 0.2), ast.Return(ast.Name(name, ast.Load()))
        for value in stock.expressions[block.function, Role.RETURNED].values():
            yield (0.7 if body else 0.3), ast.Return(value)
    if isinstance(block.owner, ast.While):
        for name in _names_in(block.owner.test):
            for operator in (ast.Add(), ast.Sub()):
                yield 0.5, ast.AugAssign(ast.Name(name, ast.Store()), operator, ast.Constant(1))


def _names_in(node: ast.expr) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _like(old: ast.stmt, new: ast.stmt) -> ast.stmt:
    """The new statement on the old one's line."""
    vars(new)["lineno"] = old.lineno
    return new


def _at(statement: ast.stmt, line: int) -> ast.stmt:
    copy = rebuilt(statement)
    vars(copy)["lineno"] = line
    return copy
