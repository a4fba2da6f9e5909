"""Numbers that are none: comparing with NaN, and how NaN and infinity come about."""

import ast
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.arrays import REDUCTIONS
from darsgah_tutor.detectors.reading import (
    called,
    dotted,
    is_number,
    names_in,
)
from darsgah_tutor.detectors.values import has_nan
from darsgah_tutor.types import Finding

_MOST_VALUES = 50
"""Assignments of a name that are looked at."""


def not_a_number(answer: Answer) -> Iterator[Finding]:
    """Comparing with NaN, and the ways in which NaN and infinity come about."""
    for node in answer.every(ast.Compare):
        sides = (node.left, *node.comparators)
        if any(
            dotted(one).endswith((".nan", ".NaN")) or _float_nan(one) or dotted(one) == "pd.NA"
            for one in sides
        ):
            yield answer.finding("nan-equals-nothing", node, Sign.BLUNDER, agrees=True)
    spoilt = answer.got_everywhere(lambda one: has_nan(one.got) and not has_nan(one.expected)) or any(
        re.search(r"\b(nan|inf)\b", check.got) and not re.search(r"\b(nan|inf)\b", check.expected)
        for check in answer.failing
    )
    warned = (
        next(answer.raised_named("OverflowError", "RuntimeWarning", "FloatingPointError"), None) is not None
    )
    for call in answer.every(ast.Call):
        name = called(call)
        if name == "exp" and call.args and not _shifted(answer, call.args[0]):
            yield answer.finding("exponential-overflows", call, Sign.HABIT, agrees=spoilt or warned)
        elif name in {"log", "log2", "log10"} and call.args and not _guarded(call.args[0]):
            domain = answer.ends_at(call, "ValueError", message="domain")
            yield answer.finding(
                "logarithm-of-zero", call, Sign.HABIT, agrees=(spoilt and not _has_exp(answer)) or domain
            )
        elif (
            name in REDUCTIONS
            and spoilt
            and any("nan" in check.call + check.source for check in answer.failing)
        ):
            yield answer.finding("nan-spreads", call, Sign.HABIT, agrees=True)


def _float_nan(node: ast.expr) -> bool:
    return (
        called(node) == "float"
        and isinstance(node, ast.Call)
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == "nan"
    )


def _has_exp(answer: Answer) -> bool:
    return any(called(call) == "exp" for call in answer.every(ast.Call))


def _shifted(answer: Answer, given: ast.expr) -> bool:
    """Whether a maximum was taken off, or the size bounded, before exp."""
    made = [value for name in set(names_in(given)) for value in answer.assigned.get(name, ())]
    sources = [given, *made[:_MOST_VALUES]]
    return any(
        isinstance(node, ast.Call)
        and called(node) in {"max", "amax", "clip", "abs", "minimum", "maximum", "where"}
        for one in sources
        for node in ast.walk(one)
    ) or any(
        isinstance(node, ast.Name) and re.search(r"max|peak|top|largest|highest|shift", node.id)
        for one in sources
        for node in ast.walk(one)
    )


def _guarded(given: ast.expr) -> bool:
    """Whether something keeps the argument from 0."""
    clips = any(
        isinstance(node, ast.Call) and called(node) in {"clip", "maximum", "max", "where"}
        for node in ast.walk(given)
    )
    return clips or is_number(given) or (isinstance(given, ast.BinOp) and isinstance(given.op, ast.Add))


PATTERNS: tuple[Pattern, ...] = (not_a_number,)
