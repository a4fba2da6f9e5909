"""Conditions: and, or, comparing, and the order in which they are asked."""

import ast
import itertools
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign, parse
from darsgah_tutor.detectors.counting import handed_over
from darsgah_tutor.detectors.reading import called, is_number, is_text, own_nodes, same, targets, text_of
from darsgah_tutor.types import Finding

_GREATER = (ast.Gt, ast.GtE)
_LESS = (ast.Lt, ast.LtE)


def or_spreads(answer: Answer) -> Iterator[Finding]:
    """``x == 1 or 2``: the second side is a value by itself, and true."""
    for node in answer.every(ast.BoolOp):
        compared = [one for one in node.values if isinstance(one, ast.Compare)]
        alone = [
            one
            for one in node.values
            if isinstance(one, ast.Constant) and not isinstance(one.value, bool) and one.value is not None
        ]
        if (
            compared
            and alone
            and isinstance(compared[0].ops[0], ast.Eq | ast.NotEq | ast.In | ast.Lt | ast.Gt)
        ) or (isinstance(node.op, ast.Or) and alone and isinstance(answer.parents.get(node), ast.Compare)):
            yield answer.finding("or-does-not-spread", node, Sign.BLUNDER, agrees=True)


def never_otherwise(answer: Answer) -> Iterator[Finding]:
    """``x != 1 or x != 2`` is always true, ``x == 1 and x == 2`` never."""
    for node in answer.every(ast.BoolOp):
        wanted: type[ast.cmpop] = ast.NotEq if isinstance(node.op, ast.Or) else ast.Eq
        sides = [
            one
            for one in node.values
            if isinstance(one, ast.Compare)
            and len(one.ops) == 1
            and isinstance(one.ops[0], wanted)
            and isinstance(one.comparators[0], ast.Constant)
        ]
        if (
            len(sides) > 1
            and same(sides[0].left, sides[1].left)
            and not same(sides[0].comparators[0], sides[1].comparators[0])
        ):
            yield answer.finding("or-of-differences-is-always-true", node, Sign.BLUNDER, agrees=True)


def compares_with_is(answer: Answer) -> Iterator[Finding]:
    """``is`` between values: it asks whether two names stand for one object."""
    for node in answer.every(ast.Compare):
        for operator, side in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and (
                is_number(side) or is_text(side) or isinstance(side, ast.List | ast.Tuple | ast.Dict)
            ):
                yield answer.finding("is-asks-for-the-same-object", node, Sign.BLUNDER, agrees=True)


def compared_on_its_own(answer: Answer) -> Iterator[Finding]:
    """``x == 5`` as a statement: nothing is assigned."""
    for node in answer.every(ast.Expr):
        if (
            isinstance(node.value, ast.Compare)
            and isinstance(node.value.ops[0], ast.Eq)
            and answer.function_of(node)
        ):
            yield answer.finding("two-equals-do-not-assign", node, Sign.BLUNDER, agrees=True)


def annotated_only(answer: Answer) -> Iterator[Finding]:
    """``x: 5``: a colon notes a type and assigns nothing."""
    for node in answer.every(ast.AnnAssign):
        if (
            node.value is None
            and isinstance(node.annotation, ast.Constant)
            and not isinstance(node.annotation.value, str)
        ):
            yield answer.finding("colon-does-not-assign", node, Sign.BLUNDER, agrees=True)


def _bound(test: ast.expr) -> tuple[ast.expr, bool, float] | None:
    """For ``x > 5``: x, whether greater is asked for, and 5."""
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.comparators[0], ast.Constant)
    ):
        return None
    value = test.comparators[0].value
    if not isinstance(value, int | float) or not isinstance(test.ops[0], (*_GREATER, *_LESS)):
        return None
    return test.left, isinstance(test.ops[0], _GREATER), value


def wide_condition_first(answer: Answer) -> Iterator[Finding]:
    """``if x > 50`` before ``elif x > 80``: the second is never asked."""
    for node in answer.every(ast.If):
        below = node.orelse[0] if len(node.orelse) == 1 else None
        first = _bound(node.test)
        second = _bound(below.test) if isinstance(below, ast.If) else None
        if first is None or second is None or not same(first[0], second[0]) or first[1] != second[1]:
            continue
        if (second[2] >= first[2]) if first[1] else (second[2] <= first[2]):
            yield answer.finding("wide-condition-comes-first", node, Sign.BLUNDER, agrees=True)


def separate_ifs(answer: Answer) -> Iterator[Finding]:
    """``if x > 80: g = "A"`` and then ``if x > 50: g = "B"``: the later one overwrites."""
    for node in answer.every(ast.AST):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for before, after in itertools.pairwise(body):
            if (
                isinstance(before, ast.If)
                and isinstance(after, ast.If)
                and not before.orelse
                and _overwrites(before, after)
            ):
                yield answer.finding(
                    "later-if-overwrites", after, Sign.PATTERN, agrees=bool(answer.comparisons)
                )


def _overwrites(before: ast.If, after: ast.If) -> bool:
    first, second = _bound(before.test), _bound(after.test)
    if first is None or second is None or not same(first[0], second[0]) or first[1] != second[1]:
        return False
    if (second[2] >= first[2]) if first[1] else (second[2] <= first[2]):
        return False
    left, right = before.body[-1], after.body[-1]
    if not (isinstance(left, ast.Assign) and isinstance(right, ast.Assign)):
        return False
    return any(same(one, other) for one in targets(left) for other in targets(right))


def zero_taken_for_nothing(answer: Answer) -> Iterator[Finding]:
    """``if x:`` where x may be 0 and 0 is a value like others."""
    collections = {text_of(one) for one in _collections(answer)}
    for node in answer.every(ast.AST):
        if not isinstance(node, ast.If | ast.IfExp | ast.While):
            continue
        test = (
            node.test.operand
            if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
            else node.test
        )
        if isinstance(test, ast.Name | ast.Subscript) and text_of(test) not in collections:
            failed = any(0 in handed_over(check) for check in answer.failing)
            passed = any(check.passed and 0 in handed_over(check) for check in answer.evidence.checks)
            yield answer.finding(
                "zero-counts-as-false", node, Sign.HABIT, agrees=failed and not passed, touches=test
            )


def none_taken_for_nothing(answer: Answer) -> Iterator[Finding]:
    """``if f(x):`` where correct answers ask whether ``f(x)`` is None: what it gives may be 0."""
    compared = {
        called(node.left)
        for reference in answer.question.references
        for node in ast.walk(parse(reference) or ast.Module([], []))
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Is | ast.IsNot)
        and isinstance(node.left, ast.Call)
    }
    for node in answer.every(ast.AST):
        if isinstance(node, ast.If | ast.IfExp | ast.While | ast.comprehension):
            tests = [*node.ifs] if isinstance(node, ast.comprehension) else [node.test]
            for test in (one.operand if isinstance(one, ast.UnaryOp) else one for one in tests):
                if isinstance(test, ast.Call) and called(test) in compared:
                    yield answer.finding("zero-counts-as-false", test, Sign.BLUNDER, agrees=True)


def _collections(answer: Answer) -> Iterator[ast.expr]:
    """What the answer uses as a list, text or dictionary: asked for its truth, it is asked for emptiness."""
    for node in answer.nodes:
        if isinstance(node, ast.Call) and called(node) in {"len", "sum", "max", "min", "sorted", "list"}:
            yield from node.args
        elif isinstance(node, ast.Attribute | ast.Subscript):
            yield node.value
        elif isinstance(node, ast.For | ast.comprehension):
            yield node.iter
        elif isinstance(node, ast.Assign) and isinstance(
            node.value, ast.List | ast.ListComp | ast.Dict | ast.DictComp | ast.Set | ast.SetComp
        ):
            yield from node.targets


def error_swallowed(answer: Answer) -> Iterator[Finding]:
    """``except:`` of everything, which hides the mistakes of the answer itself."""
    for node in answer.every(ast.ExceptHandler):
        broad = node.type is None or (
            isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
        )
        caught = {line for check in answer.evidence.checks if check.passed for line in check.lines}
        only_failing = node.body[0].lineno in answer.ran_in_failing - caught
        if broad and not any(isinstance(one, ast.Raise) for one in own_nodes(node)):
            yield answer.finding(
                "except-hides-mistakes", node, Sign.HABIT, agrees=only_failing, touches=node.body[0]
            )


PATTERNS: tuple[Pattern, ...] = (
    or_spreads,
    never_otherwise,
    compares_with_is,
    compared_on_its_own,
    annotated_only,
    wide_condition_first,
    separate_ifs,
    zero_taken_for_nothing,
    none_taken_for_nothing,
    error_swallowed,
)
