"""One too many and one too few: ranges, slices and boundaries, each with what the failure tells about it."""

import ast
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign
from darsgah_tutor.detectors.reading import called, in_statements, is_length, is_number, reads
from darsgah_tutor.detectors.values import close, numbers, read_value
from darsgah_tutor.types import Check, Finding

_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def handed_over(check: Check) -> list[float]:
    """The numbers in the arguments of a check's call, in order."""
    inner = check.call.partition("(")[2].rpartition(")")[0]
    return numbers(read_value(f"({inner},)")) if inner.strip() else []


def _misses_last(one: Comparison) -> bool:
    """Got what was expected without its last element, or a total short of the last number."""
    expected, got = one.expected.elements, one.got.elements
    if expected is not None and got is not None:
        return len(expected) > 0 and got == expected[:-1]
    return _short_by(one, -1)


def _misses_first(one: Comparison) -> bool:
    expected, got = one.expected.elements, one.got.elements
    if expected is not None and got is not None:
        return len(expected) > 0 and got == expected[1:]
    return _short_by(one, 0)


def _short_by(one: Comparison, place: int) -> bool:
    """Whether a sum or a product lacks the first or the last number that the call hands over."""
    expected, got, given = one.expected.number, one.got.number, handed_over(one.check)
    if expected is None or got is None or not given or given[place] == 0:
        return False
    return close(expected - got, given[place]) or (
        given[place] != 1 and close(got * given[place], expected) and got != 0
    )


def _one_more(one: Comparison) -> bool:
    expected, got = one.expected.elements, one.got.elements
    return expected is not None and got is not None and len(got) == len(expected) + 1 and got[:-1] == expected


def _from_zero(one: Comparison) -> bool:
    """Counted from 0 where 1 is expected: shifted by one, or short of the largest number."""
    expected, got = one.expected.elements, one.got.elements
    if expected and got and len(expected) == len(got):
        pairs = [
            (left, right)
            for left, right in zip(expected, got, strict=True)
            if isinstance(left, int) and isinstance(right, int)
        ]
        return len(pairs) == len(got) and got[0] == 0 and expected[0] == 1
    return _short_by(one, -1) or _zero_product(one)


def _zero_product(one: Comparison) -> bool:
    return one.got.content == 0 and (one.expected.number or 0) > 1


def ranges(answer: Answer) -> Iterator[Finding]:
    """Ranges that begin or end one place beside what is meant."""
    for call in answer.every(ast.Call):
        if called(call) not in {"range", "arange"} or not call.args:
            continue
        end = call.args[0] if len(call.args) == 1 else call.args[1]
        begin = call.args[0] if len(call.args) > 1 else None
        if len(call.args) == 3 and is_number(call.args[2]) and not is_number(call.args[2], 1):
            continue
        if isinstance(end, ast.BinOp) and isinstance(end.op, ast.Add) and is_number(end.right, 1):
            over = answer.ends_at(_loop_of(answer, call), "IndexError") if is_length(end.left) else False
            yield answer.finding(
                "one-round-too-many", call, Sign.HABIT, agrees=over or answer.got_everywhere(_one_more)
            )
            continue
        if begin is None and _counts_with(answer, call):
            yield answer.finding(
                "range-begins-at-zero", call, Sign.HABIT, agrees=answer.got_everywhere(_from_zero)
            )
        elif begin is not None or isinstance(end, ast.BinOp):
            yield answer.finding(
                "last-one-is-left-out", call, Sign.HABIT, agrees=answer.got_everywhere(_misses_last)
            )
        if is_number(begin, 1) and is_length(end):
            yield answer.finding(
                "first-one-is-left-out", call, Sign.HABIT, agrees=answer.got_everywhere(_misses_first)
            )


def _loop_of(answer: Answer, call: ast.Call) -> ast.AST:
    held = answer.parents.get(call)
    return held if held is not None else call


def _counts_with(answer: Answer, call: ast.Call) -> bool:
    """Whether the loop works with its numbers otherwise than as places in a list."""
    held = answer.parents.get(call)
    if isinstance(held, ast.For) and isinstance(held.target, ast.Name) and not is_length(call.args[0]):
        name = held.target.id
        places = {
            id(inner)
            for node in in_statements(held.body)
            if isinstance(node, ast.Subscript)
            for inner in ast.walk(node.slice)
        }
        return any(
            isinstance(node, ast.Name) and node.id == name and id(node) not in places
            for node in in_statements(held.body)
        )
    return isinstance(held, ast.comprehension | ast.Call)


def slices(answer: Answer) -> Iterator[Finding]:
    """Slices without the last or the first element."""
    for node in answer.every(ast.Subscript):
        part = node.slice
        if not isinstance(part, ast.Slice) or part.step is not None:
            continue
        upper = part.upper
        short = is_number(upper, -1) or (
            isinstance(upper, ast.BinOp) and isinstance(upper.op, ast.Sub) and is_number(upper.right, 1)
        )
        if short or (part.lower is not None and isinstance(upper, ast.Name)):
            yield answer.finding(
                "last-one-is-left-out", node, Sign.HABIT, agrees=answer.got_everywhere(_misses_last)
            )
        if is_number(part.lower, 1) and upper is None:
            yield answer.finding(
                "first-one-is-left-out", node, Sign.HABIT, agrees=answer.got_everywhere(_misses_first)
            )


def boundaries(answer: Answer) -> Iterator[Finding]:
    """A comparison with a number that fails exactly where this number is handed over."""
    for node in answer.every(ast.Compare):
        for operator, side in zip(node.ops, node.comparators, strict=True):
            limit = _limit(node.left, side)
            if not isinstance(operator, _ORDER) or limit is None:
                continue
            failed = any(limit in handed_over(check) for check in answer.failing)
            passed = any(check.passed and limit in handed_over(check) for check in answer.evidence.checks)
            apart = any(check.passed and check.call for check in answer.evidence.checks)
            yield answer.finding(
                "boundary-on-the-wrong-side", node, Sign.HABIT, agrees=failed and apart and not passed
            )


def _limit(left: ast.expr, right: ast.expr) -> float | None:
    """The number with which something is compared."""
    for side in (left, right):
        if isinstance(side, ast.Constant) and is_number(side) and isinstance(side.value, int | float):
            return side.value
    return None


def counter_steps(answer: Answer) -> Iterator[Finding]:
    """``while i <= len(x)``, which asks for the place behind the last."""
    for loop in answer.every(ast.While):
        test = loop.test
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.LtE)
            and is_length(test.comparators[0])
        ):
            name = test.left.id if isinstance(test.left, ast.Name) else ""
            placed = any(
                isinstance(node, ast.Subscript) and name and reads(node.slice, name)
                for node in in_statements(loop.body)
            )
            if placed:
                yield answer.finding(
                    "one-round-too-many", loop, Sign.PATTERN, agrees=answer.ends_at(loop, "IndexError")
                )


PATTERNS: tuple[Pattern, ...] = (ranges, slices, boundaries, counter_steps)
