"""Arithmetic: which sign does what, in which order, and what rounding does."""

import ast
import math
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign
from darsgah_tutor.detectors.reading import called, is_length, is_number
from darsgah_tutor.detectors.values import close
from darsgah_tutor.types import Finding

_POWER = re.compile(r"square|power|cube|area|distance|compound|\*\*|²|\^2", re.IGNORECASE)
_MEAN = re.compile(r"average|mean\b|middle|midpoint|halfway", re.IGNORECASE)


def caret(answer: Answer) -> Iterator[Finding]:
    """``x ^ 2``, which is no power."""
    for node in answer.every(ast.BinOp):
        if isinstance(node.op, ast.BitXor) and is_number(node.right, 2, 3, 0.5):
            yield answer.finding(
                "caret-is-no-power",
                node,
                Sign.PATTERN,
                agrees=bool(_POWER.search(answer.question.description)),
            )


def divides_first(answer: Answer) -> Iterator[Finding]:
    """``a + b / 2`` where the sum is meant to be divided."""
    for node in answer.every(ast.BinOp):
        right = node.right
        if not (
            isinstance(node.op, ast.Add)
            and isinstance(right, ast.BinOp)
            and isinstance(right.op, ast.Div | ast.FloorDiv)
        ):
            continue
        if is_number(right.right, 2, 3) or is_length(right.right):
            told = bool(_MEAN.search(answer.question.description)) and bool(answer.comparisons)
            yield answer.finding("division-comes-before-addition", node, Sign.HABIT, agrees=told)


def _cut_off(one: Comparison) -> bool:
    expected, got = one.expected.number, one.got.number
    if expected is None or got is None or float(expected).is_integer():
        return False
    return got in {math.floor(expected), math.trunc(expected)} if math.isfinite(expected) else False


def _too_fine(one: Comparison) -> bool:
    """A float where a whole number is expected."""
    expected, got = one.expected.content, one.got.content
    if not isinstance(expected, int) or isinstance(expected, bool) or not isinstance(got, float):
        return False
    return math.isfinite(got) and int(got) == expected


def divisions(answer: Answer) -> Iterator[Finding]:
    """``//`` and ``int`` that cut a fraction off, ``/`` that makes one."""
    for node in answer.every(ast.AST):
        if (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.FloorDiv)) or called(
            node
        ) == "int":
            yield answer.finding(
                "fraction-is-cut-off", node, Sign.HABIT, agrees=answer.got_everywhere(_cut_off)
            )
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield answer.finding(
                "division-gives-a-fraction", node, Sign.HABIT, agrees=answer.got_everywhere(_too_fine)
            )


def not_exact(answer: Answer) -> Iterator[Finding]:
    """``==`` between fractions, which the computer keeps only nearly."""
    for node in answer.every(ast.Compare):
        fraction = any(
            isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div)
            for one in (node.left, *node.comparators)
        )
        written = any(
            isinstance(one, ast.Constant) and isinstance(one.value, float) and not one.value.is_integer()
            for one in node.comparators
        )
        if isinstance(node.ops[0], ast.Eq | ast.NotEq) and (fraction or written):
            yield answer.finding(
                "fractions-are-not-exact",
                node,
                Sign.HABIT,
                agrees=any("." in check.call for check in answer.failing),
            )


def _nearly(one: Comparison) -> bool:
    expected, got = one.expected.number, one.got.number
    if expected is None or got is None or close(expected, got):
        return False
    return abs(expected - got) <= 0.02 * max(abs(expected), 1.0)


def rounds_early(answer: Answer) -> Iterator[Finding]:
    """``round`` in the midst of a calculation."""
    for call in answer.every(ast.Call):
        if called(call) == "round" and isinstance(answer.parents.get(call), ast.BinOp | ast.AugAssign):
            yield answer.finding("rounded-too-early", call, Sign.HABIT, agrees=answer.got_everywhere(_nearly))


PATTERNS: tuple[Pattern, ...] = (caret, divides_first, divisions, not_exact, rounds_early)
