"""Statements that may be missing: a step or an ending in a block, a guard or a first value where it begins.

Priors are as in ``expression_edits``.
"""

import ast
from collections.abc import Iterable, Iterator

from darsgah_tutor.repair.sites import Block, Role
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import Place, kept, last_line, parts, size, standing

Statements = list[ast.stmt]
Offer = tuple[float, int, Place, str, Statements]
"""A prior, the line that is edited, and a block (its owner's place and field) with what it is to hold."""

_Ending = ast.Return | ast.Break | ast.Continue | ast.Raise
_CERTAIN = 8.0
"""In place of a prior where what is missing shows without running: before others, wherever it stands."""
_FIRST_VALUES = ("0", "[]", "''", "{}", "1", "None", "False", "True", "set()")
_LARGEST_RETURNED = 4
"""Nodes of what a guard returns."""


def put_in(block: Block, stock: Stock) -> Iterator[Offer]:
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
            placed = standing(new, line)
            yield prior, line, block.place, block.name, [*statements[:index], placed, *statements[index:]]


def _additions(block: Block, index: int, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    if index < len(block.statements):
        yield from _first_values(block, index, stock)
    for statement in stock.statements[block.function].values():
        yield 0.5 / (1 + size(statement) / 20), statement
    yield from _steps(block, index)
    if index == len(block.statements):
        yield from _endings(block, stock)
    if isinstance(block.owner, ast.FunctionDef) and index == 0:
        yield from _beginnings(block.owner, stock)


def _beginnings(function: ast.FunctionDef, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    """What a function may have lacked before its first statement."""
    returned = [
        value
        for value in stock.expressions[function.name, Role.RETURNED].values()
        if size(value) <= _LARGEST_RETURNED
    ]
    for argument in function.args.args:
        name = ast.Name(argument.arg, ast.Load())
        copied = ast.Call(ast.Name("list", ast.Load()), [name], [])
        yield 0.4, ast.Assign([ast.Name(argument.arg, ast.Store())], copied)
        for value in (*returned, ast.List([], ast.Load()), ast.Constant(0), ast.Constant(value=False)):
            yield 0.3, ast.If(ast.UnaryOp(ast.Not(), name), [ast.Return(value)], [])


def _first_values(block: Block, index: int, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    """Variables that nothing gives a value get one before they are first read in the block."""
    around = _function_around(block)
    unset = sorted(_without_value(around, stock)) if around is not None else ()
    for name in unset:
        if _first_reading(block.statements, name) != index:
            continue
        if block.owner is around and _is_changed(around, name):
            for value in _FIRST_VALUES:
                yield _CERTAIN, ast.Assign([ast.Name(name, ast.Store())], ast.parse(value, mode="eval").body)
        for expression in stock.assigned[block.function].values():
            free = set(_names_in(expression)) - set(_stored(expression))
            if all(stock.is_bound(one, block.function) for one in free):
                yield _CERTAIN, ast.Assign([ast.Name(name, ast.Store())], expression)


def _function_around(block: Block) -> ast.FunctionDef | None:
    while not isinstance(block.owner, ast.FunctionDef):
        if block.above is None:
            return None
        block = block.above[0]
    return block.owner


def _first_reading(statements: Statements, name: str) -> int:
    """The first statement that speaks of a variable; -1 where none does."""
    return next((at for at, one in enumerate(statements) if name in _spoken_of(one)), -1)


def _spoken_of(statement: ast.stmt) -> frozenset[str]:
    return kept(statement, "spoken_of", lambda: frozenset(_names_in(statement)))


def _steps(block: Block, index: int) -> Iterator[tuple[float, ast.stmt]]:
    """What a loop may have lacked: counting, gathering, keeping the item that was just met."""
    items, names = _walked(block)
    if not items and not block.in_loop:
        return
    for name in names:
        read, written = ast.Name(name, ast.Load()), ast.Name(name, ast.Store())
        if index == len(block.statements):
            for operator in (ast.Add(), ast.Sub()):
                yield 0.3, ast.AugAssign(written, operator, ast.Constant(1))
        for item in items:
            if name != item:
                value = ast.Name(item, ast.Load())
                yield 0.2, ast.Assign([written], value)
                yield 0.2, ast.AugAssign(written, ast.Add(), value)
                yield 0.3, ast.Expr(ast.Call(ast.Attribute(read, "append", ast.Load()), [value], []))


def _walked(block: Block) -> tuple[list[str], list[str]]:
    """The variables of the loops around, the block's own among them, and those that were assigned before."""
    items: dict[str, None] = {}
    names: dict[str, None] = {}
    step: tuple[Block, int] | None = (block, len(block.statements))
    while step is not None:
        around, position = step
        for statement in around.statements[:position]:
            if isinstance(statement, ast.Assign | ast.AugAssign):
                names.update(dict.fromkeys(_stored(statement)))
        if isinstance(around.owner, ast.For):
            items.update(dict.fromkeys(_stored(around.owner.target)))
        step = None if isinstance(around.owner, ast.FunctionDef) else around.above
    return list(items), list(names)


def _endings(block: Block, stock: Stock) -> Iterator[tuple[float, ast.stmt]]:
    """What a block may have lacked at its end."""
    if block.in_loop:
        yield 0.4, ast.Break()
        yield 0.3, ast.Continue()
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


def _without_value(function: ast.FunctionDef, stock: Stock) -> set[str]:
    """Variables that the function reads or adds to, and that nothing gives a first value."""
    return kept(
        function,
        "without_value",
        lambda: {name for name in _unset(function) if not stock.is_bound(name, "")},
    )


def _unset(function: ast.FunctionDef) -> set[str]:
    """Variables that are read where nothing above has given them a value, the function's own alone."""
    known = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    unset: set[str] = set()
    for name, is_read in _in_order(function.body):
        if is_read and name not in known:
            unset.add(name)
        known.add(name)
    return unset


def _in_order(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, bool]]:
    """Names as they are read (True) and bound, in the order in which that happens."""
    for node in nodes:
        match node:
            case ast.Name():
                yield node.id, isinstance(node.ctx, ast.Load)
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name, True
                yield from _in_order([node.value])
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name, False
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0], False
            case ast.ExceptHandler():
                yield node.name or "", False
                yield from _in_order(node.body)
            case ast.Lambda():
                continue
            case _:
                yield from _in_order(_parts_in_order(node))


def _parts_in_order(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.Assign():
            return [node.value, *node.targets]
        case ast.For():
            return [node.iter, node.target, *node.body, *node.orelse]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return [*node.generators, node.elt]
        case ast.DictComp():
            return [*node.generators, node.key, node.value]
        case ast.comprehension():
            return [node.iter, node.target, *node.ifs]
    return [part for _, _, part in parts(node)]


def _is_changed(function: ast.FunctionDef, name: str) -> bool:
    """The variable is assigned or changed somewhere; one that is only read is rather misspelt."""
    for node in ast.walk(function):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()) if node.id == name:
                return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner)))) if owner == name:
                return True
            case ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store() | ast.Del()) if owner == name:
                return True
    return False


def _stored(node: ast.AST) -> list[str]:
    return [
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def _names_in(node: ast.AST) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
