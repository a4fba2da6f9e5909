"""Loops in other spellings: over indices, over items, over both, and with a condition."""

import ast
from collections.abc import Iterator

from darsgah_tutor.repair.trees import canonical, rebuilt
from darsgah_tutor.repair.variants.writing import (
    Statements,
    assigned,
    binds,
    called,
    each,
    fresh,
    name,
    reads,
    replaced,
    skips,
    target,
)


def indices_to_items(block: Statements, index: int) -> Iterator[Statements]:
    """``for i in range(len(s))`` over ``s[i]``: over the items, or over both with ``enumerate``."""
    match block[index]:
        case ast.For(target=ast.Name(id=counter), iter=iterable, body=body) as loop:
            sequence = _indexed_sequence(iterable)
            if sequence is None:
                return
            item = fresh("item", block)
            read = canonical(ast.Subscript(sequence, name(counter), ast.Load()))
            new = replaced(body, {read: name(item)})
            if not reads(new, counter):
                yield _with(block, index, [rebuilt(loop, target=target(item), iter=sequence, body=new)])
            both = ast.Tuple([target(counter), target(item)], ast.Store())
            pairs = called("enumerate", sequence)
            yield _with(block, index, [rebuilt(loop, target=both, iter=pairs, body=new)])


def items_to_indices(block: Statements, index: int) -> Iterator[Statements]:
    """``for x in s``: ``for i in range(len(s))`` with ``s[i]``, or with ``x = s[i]`` at its start."""
    match block[index]:
        case ast.For(target=ast.Name(id=item), iter=ast.Name() as sequence, body=body) as loop:
            counter = fresh("i", block)
            read = ast.Subscript(sequence, name(counter), ast.Load())
            steps = called("range", called("len", sequence))
            turned = rebuilt(loop, target=target(counter), iter=steps)
            if not binds(body, item):
                yield _with(block, index, [rebuilt(turned, body=replaced(body, {item: read}))])
            yield _with(block, index, [rebuilt(turned, body=[assigned(item, read), *body])])


def enumerated_to_indices(block: Statements, index: int) -> Iterator[Statements]:
    """``for i, x in enumerate(s)``: over indices, or over items with a counter beside them."""
    match block[index]:
        case (
            ast.For(
                target=ast.Tuple(elts=[ast.Name(id=counter), ast.Name(id=item)]),
                iter=ast.Call(func=ast.Name(id="enumerate"), args=[sequence]),
                body=body,
            ) as loop
        ):
            read = ast.Subscript(sequence, name(counter), ast.Load())
            steps = called("range", called("len", sequence))
            new = replaced(body, {item: read})
            yield _with(block, index, [rebuilt(loop, target=target(counter), iter=steps, body=new)])
            if not skips(body):
                start, step = assigned(counter, ast.Constant(0)), _step(counter, ast.Add())
                counted = rebuilt(loop, target=target(item), iter=sequence, body=[*body, step])
                yield _with(block, index, [start, counted])


def range_to_while(block: Statements, index: int) -> Iterator[Statements]:
    """``for i in range(a, b)``: with a counter and a condition; where ``i`` is not read, counting down."""
    match block[index]:
        case ast.For(
            target=ast.Name(id=counter), iter=ast.Call(func=ast.Name(id="range"), args=arguments), body=body
        ) if len(arguments) < 3 and not skips(body):
            first, last = arguments if len(arguments) == 2 else (ast.Constant(0), arguments[0])
            test = ast.Compare(name(counter), [ast.Lt()], [last])
            loop = ast.While(test, [*body, _step(counter, ast.Add())], [], lineno=0)
            yield _with(block, index, [assigned(counter, first), loop])
            if isinstance(last, ast.Name) and not reads(body, counter) and len(arguments) == 1:
                down = ast.Compare(last, [ast.Gt()], [ast.Constant(0)])
                yield _with(block, index, [ast.While(down, [*body, _step(last.id, ast.Sub())], [], lineno=0)])


def while_to_range(block: Statements, index: int) -> Iterator[Statements]:
    """``i = a`` and ``while i < b`` with ``i += 1`` at its end: a loop over ``range(a, b)``."""
    if index + 1 == len(block):
        return
    match block[index], block[index + 1]:
        case (
            ast.Assign(targets=[ast.Name(id=counter)], value=first),
            ast.While(
                test=ast.Compare(left=ast.Name(id=tested), ops=[ast.Lt()], comparators=[last]),
                body=[*body, ast.AugAssign(target=ast.Name(id=stepped), op=ast.Add())],
            ),
        ) if counter == tested == stepped and not binds(body, counter):
            zero = isinstance(first, ast.Constant) and first.value == 0
            steps = called("range", last) if zero else called("range", first, last)
            yield [*block[:index], each(target(counter), steps, body), *block[index + 2 :]]


def emptiness(block: Statements, index: int) -> Iterator[Statements]:
    """``while s``, ``while len(s) > 0`` and ``while s != []`` are the same for lists."""
    match block[index]:
        case ast.While(test=ast.Name() as sequence) as loop:
            counted = ast.Compare(called("len", sequence), [ast.Gt()], [ast.Constant(0)])
            compared = ast.Compare(sequence, [ast.NotEq()], [ast.List([], ast.Load())])
            yield _with(block, index, [rebuilt(loop, test=counted)])
            yield _with(block, index, [rebuilt(loop, test=compared)])
        case (
            ast.While(
                test=ast.Compare(
                    left=ast.Call(func=ast.Name(id="len"), args=[sequence]), ops=[ast.Gt() | ast.NotEq()]
                )
            ) as loop
        ):
            yield _with(block, index, [rebuilt(loop, test=sequence)])


def _indexed_sequence(iterable: ast.expr) -> ast.expr | None:
    """``s`` of ``range(len(s))``."""
    match iterable:
        case ast.Call(
            func=ast.Name(id="range"),
            args=[*_, ast.Call(func=ast.Name(id="len"), args=[sequence])] as arguments,
        ) if len(arguments) == 1 or canonical(arguments[0]) == "0":
            return sequence
    return None


def _step(counter: str, operator: ast.operator) -> ast.stmt:
    return ast.AugAssign(target(counter), operator, ast.Constant(1), lineno=0)


def _with(block: Statements, index: int, new: Statements) -> Statements:
    return [*block[:index], *new, *block[index + 1 :]]


RULES = (
    indices_to_items,
    items_to_indices,
    enumerated_to_indices,
    range_to_while,
    while_to_range,
    emptiness,
)
