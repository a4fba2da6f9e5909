"""Branches in other spellings: with and without else, negated, nested, returned as a value."""

import ast
from collections.abc import Iterator

from darsgah_tutor.repair.trees import rebuilt
from darsgah_tutor.repair.variants.writing import Statements, ends, if_, negated


def early_return(block: Statements, index: int) -> Iterator[Statements]:
    """What follows a branch that returns belongs to its else, and the other way round."""
    match block[index]:
        case ast.If(body=body, orelse=[]) as branch if ends(body) and index + 1 < len(block):
            yield [*block[:index], rebuilt(branch, orelse=block[index + 1 :])]
            if ends(block):
                rest = block[index + 1 :]
                yield [*block[:index], if_(negated(branch.test), rest), *body]
        case ast.If(body=body, orelse=[_, *_] as orelse) as branch if ends(body):
            yield [*block[:index], rebuilt(branch, orelse=[]), *orelse, *block[index + 1 :]]


def other_way_round(block: Statements, index: int) -> Iterator[Statements]:
    """The branches change places under the opposite condition."""
    match block[index]:
        case ast.If(test=test, body=body, orelse=[_, *_] as orelse):
            yield [*block[:index], if_(negated(test), orelse, body), *block[index + 1 :]]


def returned_condition(block: Statements, index: int) -> Iterator[Statements]:
    """``return c``: ``if c: return True`` and so on, in every order."""
    match block[index]:
        case ast.Return(value=(ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not())) as test):
            yes, no = (ast.Return(ast.Constant(value), lineno=0) for value in (True, False))
            before = block[:index]
            yield [*before, if_(test, [yes], [no])]
            yield [*before, if_(test, [yes]), no]
            yield [*before, if_(negated(test), [no]), yes]
            yield [*before, if_(negated(test), [no], [yes])]


def condition_returned(block: Statements, index: int) -> Iterator[Statements]:
    """``if c: return True`` and ``return False``: ``return c``."""
    answers = []
    test: ast.expr | None = None
    match block[index : index + 2]:
        case [ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(first)))], orelse=[]),
              ast.Return(value=ast.Constant(value=bool(second)))]:  # fmt: skip
            answers = [first, second]
        case [ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(first)))],
                     orelse=[ast.Return(value=ast.Constant(value=bool(second)))]), *_]:  # fmt: skip
            answers = [first, second]
    if test is not None and answers[0] != answers[1]:
        yield [*block[:index], ast.Return(test if answers[0] else negated(test), lineno=0)]


def nested(block: Statements, index: int) -> Iterator[Statements]:
    """``if a and b``: ``if a`` with ``if b`` in it, and the other way round."""
    match block[index]:
        case ast.If(test=ast.BoolOp(op=ast.And(), values=[first, *rest]), body=body, orelse=[]):
            second = rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest)
            yield [*block[:index], if_(first, [if_(second, body)]), *block[index + 1 :]]
        case ast.If(test=first, body=[ast.If(test=second, body=body, orelse=[])], orelse=[]):
            both = ast.BoolOp(ast.And(), [first, second])
            yield [*block[:index], if_(both, body), *block[index + 1 :]]


def alternatives(block: Statements, index: int) -> Iterator[Statements]:
    """``elif`` behind a branch that ends, and a second ``if`` there, are the same."""
    match block[index : index + 2]:
        case [ast.If(body=body, orelse=[]) as first, ast.If() as second] if ends(body):
            yield [*block[:index], rebuilt(first, orelse=[second]), *block[index + 2 :]]


def skipped(block: Statements, index: int) -> Iterator[Statements]:
    """A branch at a loop's end leaves the rest out by ``continue``, before it or in an else."""
    match block[index]:
        case ast.For(body=[*before, ast.If(test=test, body=body, orelse=[])]) as loop:
            left_out: Statements = [ast.Continue(lineno=0)]
            for end in (
                [if_(negated(test), left_out), *body],
                [if_(test, body, left_out)],
                [if_(negated(test), left_out, body)],
            ):
                yield [*block[:index], rebuilt(loop, body=[*before, *end]), *block[index + 1 :]]


RULES = (
    early_return,
    other_way_round,
    returned_condition,
    condition_returned,
    nested,
    alternatives,
    skipped,
)
