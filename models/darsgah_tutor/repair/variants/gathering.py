"""Loops that gather, find or count, as comprehensions and built-in functions, and back."""

import ast
from collections.abc import Iterator

from darsgah_tutor.repair.trees import canonical, rebuilt
from darsgah_tutor.repair.variants.writing import (
    Statements,
    assigned,
    called,
    each,
    fresh,
    if_,
    method,
    name,
    negated,
    reads,
    target,
)


def comprehension_to_loop(block: Statements, index: int) -> Iterator[Statements]:
    """A list comprehension that is assigned or returned: a loop that appends."""
    match block[index]:
        case ast.Assign(targets=[ast.Name(id=result)], value=ast.ListComp() as made):
            yield [*block[:index], *_appending(result, made), *block[index + 1 :]]
        case ast.Return(value=ast.ListComp() as made):
            result = fresh("result", block)
            yield [*block[:index], *_appending(result, made), ast.Return(name(result), lineno=0)]


def loop_to_comprehension(block: Statements, index: int) -> Iterator[Statements]:
    """A loop that appends to an empty list: a list comprehension."""
    if index + 1 >= len(block):
        return
    match block[index], block[index + 1]:
        case (
            ast.Assign(targets=[ast.Name(id=result)], value=ast.List(elts=[])),
            ast.For(target=variable, iter=iterable, body=[step], orelse=[]),
        ):
            branch = step if isinstance(step, ast.If) and not step.orelse else None
            tests, inner = ([branch.test], branch.body) if branch else ([], [step])
            match inner:
                case [ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"),
                                              args=[item]))] if owner == result:  # fmt: skip
                    if reads([iterable, item, *tests], result) == 0:
                        made = ast.ListComp(item, [ast.comprehension(variable, iterable, tests, 0)])
                        yield [*block[:index], assigned(result, made), *block[index + 2 :]]


def found(block: Statements, index: int) -> Iterator[Statements]:
    """``return any(c for x in s)`` and ``all``, a loop that returns, and one that raises a flag."""
    match block[index : index + 2]:
        case [
            ast.Return(
                value=ast.Call(
                    func=ast.Name(id="any" | "all" as function),
                    args=[ast.GeneratorExp(elt=test, generators=[each_one])],
                )
            ),
            *_,
        ]:
            yes = function == "any"
            inner = if_(test if yes else negated(test), [ast.Return(ast.Constant(yes), lineno=0)])
            loop = each(each_one.target, each_one.iter, _tested(each_one.ifs, [inner]))
            yield [*block[:index], loop, ast.Return(ast.Constant(not yes), lineno=0)]
        case [ast.For(body=[ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(yes)))],
                                   orelse=[])]) as loop,
              ast.Return(value=ast.Constant(value=bool(no)))] if yes != no:  # fmt: skip
            flag = fresh("found", block)
            raised = if_(test, [assigned(flag, ast.Constant(yes))])
            yield [
                *block[:index],
                assigned(flag, ast.Constant(no)),
                rebuilt(loop, body=[raised]),
                ast.Return(name(flag), lineno=0),
            ]
            matching = test if yes else negated(test)
            clause = ast.comprehension(loop.target, loop.iter, [], 0)
            value = called("any" if yes else "all", ast.GeneratorExp(matching, [clause]))
            yield [*block[:index], ast.Return(value, lineno=0)]


def counted(block: Statements, index: int) -> Iterator[Statements]:
    """Counting what meets a condition: a counter, or the length of what was gathered."""
    match block[index : index + 2]:
        case [
            ast.Assign(targets=[ast.Name(id=counter)], value=ast.Constant(value=0)),
            ast.For(body=[ast.If(test=test, body=[step], orelse=[])]) as loop,
        ] if canonical(step) == canonical(_one_more(counter)) and isinstance(loop.target, ast.Name):
            gathered = fresh("found", block)
            item = name(loop.target.id)
            before, after = block[:index], block[index + 2 :]
            many = called("len", name(gathered))
            for start, addition in (
                (ast.List([], ast.Load()), method(name(gathered), "append", item)),
                (ast.Tuple([], ast.Load()), _extended(gathered, ast.Tuple([item], ast.Load()))),
            ):
                gathering = rebuilt(loop, body=[if_(test, [addition])])
                yield [*before, assigned(gathered, start), gathering, assigned(counter, many), *after]


def extreme(block: Statements, index: int) -> Iterator[Statements]:
    """``m = max(s)``: a loop that keeps the largest so far; ``min`` likewise, with a key or without."""
    match block[index]:
        case ast.Assign(
            targets=[ast.Name(id=kept)],
            value=ast.Call(func=ast.Name(id="max" | "min" as function), args=[sequence], keywords=keywords),
        ):
            item = fresh("item", block)
            measured: tuple[ast.expr, ast.expr] = name(item), name(kept)
            match keywords:
                case [ast.keyword(arg="key", value=ast.Lambda() | ast.Name() as key)]:
                    measured = ast.Call(key, [name(item)], []), ast.Call(key, [name(kept)], [])
            operator = ast.Gt() if function == "max" else ast.Lt()
            test = ast.Compare(measured[0], [operator], [measured[1]])
            first = ast.Subscript(sequence, ast.Constant(0), ast.Load())
            loop = each(target(item), sequence, [if_(test, [assigned(kept, name(item))])])
            yield [*block[:index], assigned(kept, first), loop, *block[index + 1 :]]


def totalled(block: Statements, index: int) -> Iterator[Statements]:
    """``t = sum(s)``: a loop that adds."""
    match block[index]:
        case ast.Assign(targets=[ast.Name(id=total)], value=ast.Call(func=ast.Name(id="sum"), args=[terms])):
            item: ast.expr = target(fresh("item", block))
            added: ast.expr = name(fresh("item", block))
            tests: list[ast.expr] = []
            if isinstance(terms, ast.GeneratorExp | ast.ListComp):
                if len(terms.generators) > 1:
                    return
                clause = terms.generators[0]
                item, added, tests, terms = clause.target, terms.elt, clause.ifs, clause.iter
            step = ast.AugAssign(target(total), ast.Add(), added, lineno=0)
            loop = each(item, terms, _tested(tests, [step]))
            yield [*block[:index], assigned(total, ast.Constant(0)), loop, *block[index + 1 :]]


def _appending(result: str, made: ast.ListComp) -> Statements:
    steps: Statements = [method(name(result), "append", made.elt)]
    for clause in reversed(made.generators):
        steps = [each(clause.target, clause.iter, _tested(clause.ifs, steps))]
    return [assigned(result, ast.List([], ast.Load())), *steps]


def _tested(tests: list[ast.expr], body: Statements) -> Statements:
    for test in reversed(tests):
        body = [if_(test, body)]
    return body


def _one_more(counter: str) -> ast.stmt:
    return ast.AugAssign(target(counter), ast.Add(), ast.Constant(1), lineno=0)


def _extended(result: str, by: ast.expr) -> ast.stmt:
    return ast.AugAssign(target(result), ast.Add(), by, lineno=0)


RULES = (comprehension_to_loop, loop_to_comprehension, found, counted, extreme, totalled)
