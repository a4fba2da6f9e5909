"""Values in other spellings: named on the way or not, appended or added, swapped in one step or three."""

import ast
from collections import Counter
from collections.abc import Iterator

from darsgah_tutor.repair.sites import Role, sites
from darsgah_tutor.repair.trees import canonical, rebuilt
from darsgah_tutor.repair.variants.writing import (
    Statements,
    assigned,
    binds,
    fresh,
    method,
    name,
    reads,
    replaced,
    target,
)


def appended(block: Statements, index: int) -> Iterator[Statements]:
    """``r.append(x)``: ``r += [x]``, ``r = r + [x]``."""
    match block[index]:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=result), attr="append"), args=[item])
        ):
            one = ast.List([item], ast.Load())
            yield _with(block, index, [ast.AugAssign(target(result), ast.Add(), one, lineno=0)])
        case ast.AugAssign(target=ast.Name(id=result), op=ast.Add(), value=ast.List(elts=[item])):
            yield _with(block, index, [method(name(result), "append", item)])


def named_result(block: Statements, index: int) -> Iterator[Statements]:
    """``return e``: ``result = e`` and ``return result``."""
    match block[index]:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
            result = fresh("result", block)
            yield [*block[:index], assigned(result, value), ast.Return(name(result), lineno=0)]


def unnamed(block: Statements, index: int) -> Iterator[Statements]:
    """A variable that is read once, in the next statement: its value stands there."""
    if index + 1 >= len(block):
        return
    match block[index]:
        case ast.Assign(targets=[ast.Name(id=variable)], value=value):
            following, rest = block[index + 1], block[index + 2 :]
            simple = not hasattr(following, "body") and not binds([following], variable)
            if simple and reads([following], variable) == 1 and not reads(rest, variable):
                yield [*block[:index], *replaced([following], {variable: value}), *rest]


def named_once(block: Statements, index: int) -> Iterator[Statements]:
    """A call or an item that this statement and the next ones repeat: a variable, assigned before them."""
    texts = Counter[str]()
    values: dict[str, ast.expr] = {}
    for statement in block[index:]:
        if hasattr(statement, "body"):
            break
        for site in sites(ast.Module([statement], [])):
            own = any(binds([statement], one.id) for one in ast.walk(site.node) if isinstance(one, ast.Name))
            if isinstance(site.node, ast.Call | ast.Subscript) and site.role is not Role.CALLEE and not own:
                texts[canonical(site.node)] += 1
                values[canonical(site.node)] = site.node
    for text, count in texts.items():
        if count > 1 and any(canonical(site.node) == text for site in sites(ast.Module([block[index]], []))):
            item = fresh("value", block)
            new = replaced(block[index:], {text: name(item)})
            yield [*block[:index], assigned(item, values[text]), *new]


def swapped(block: Statements, index: int) -> Iterator[Statements]:
    """Three assignments through a third variable: ``a, b = b, a``, and the other way round."""
    match block[index : index + 3]:
        case [ast.Assign(targets=[ast.Name(id=third)], value=first),
              ast.Assign(targets=[one], value=second),
              ast.Assign(targets=[other], value=ast.Name(id=last))] if third == last and (
                  canonical(first), canonical(second)) == (canonical(one), canonical(other)):  # fmt: skip
            both = ast.Tuple([one, other], ast.Store())
            values = ast.Tuple([second, first], ast.Load())
            yield [*block[:index], ast.Assign([both], values, lineno=0), *block[index + 3 :]]
        case [ast.Assign(targets=[ast.Tuple(elts=[one, other])],
                         value=ast.Tuple(elts=[second, first])), *_]:  # fmt: skip
            third = fresh("kept", block)
            kept = assigned(third, first)
            steps = [ast.Assign([one], second, lineno=0), ast.Assign([other], name(third), lineno=0)]
            yield [*block[:index], kept, *steps, *block[index + 1 :]]


def from_nothing(block: Statements, index: int) -> Iterator[Statements]:
    """``range(0, n)``: ``range(n)``."""
    match block[index]:
        case (
            ast.For(
                iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=0), last]) as steps
            ) as loop
        ):
            yield _with(block, index, [rebuilt(loop, iter=rebuilt(steps, args=[last]))])


def _with(block: Statements, index: int, new: Statements) -> Statements:
    return [*block[:index], *new, *block[index + 1 :]]


RULES = (appended, named_result, unnamed, named_once, swapped, from_nothing)
