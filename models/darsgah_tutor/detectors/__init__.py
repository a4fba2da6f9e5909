"""Detectors: kinds of mistakes that show in an answer's source together with what was seen of its run.

``detect`` asks them all. A finding names a misconception of the general bank (``darsgah_tutor/bank``) with
its line and how sure it is: from 0.5 upwards source and evidence agree. A lab's own misconceptions are seen
by the signs that its author wrote down (``darsgah_tutor.signs``).
"""

import ast
from collections.abc import Sequence

from darsgah_tutor.detectors import (
    arrays,
    calculation,
    classes,
    conditions,
    counting,
    exceptions,
    functions,
    leakage,
    learning,
    loops,
    mutables,
    outcomes,
    overflow,
    places,
    syntax,
    tables,
)
from darsgah_tutor.detectors.answer import Answer, Pattern, parse
from darsgah_tutor.types import Evidence, Finding, Question

PATTERNS: tuple[Pattern, ...] = (
    *syntax.PATTERNS,
    *exceptions.PATTERNS,
    *places.PATTERNS,
    *functions.PATTERNS,
    *loops.PATTERNS,
    *counting.PATTERNS,
    *conditions.PATTERNS,
    *mutables.PATTERNS,
    *calculation.PATTERNS,
    *classes.PATTERNS,
    *outcomes.PATTERNS,
    *arrays.PATTERNS,
    *overflow.PATTERNS,
    *tables.PATTERNS,
    *leakage.PATTERNS,
    *learning.PATTERNS,
)
"""All detectors; together they cost about 10 ms for an answer of usual size."""


def detect(tree: ast.Module | None, evidence: Evidence, question: Question) -> Sequence[Finding]:
    """What the detectors saw, the surest first, each misconception once.

    Args:
        tree: of the answer, as ``parse`` makes it; None where it does not parse.
    """
    answer = Answer(tree, evidence, question)
    surest: dict[str, Finding] = {}
    for finding in (one for pattern in PATTERNS for one in pattern(answer)):
        held = surest.get(finding.misconception)
        if held is None or finding.strength > held.strength:
            surest[finding.misconception] = finding
    return sorted(surest.values(), key=lambda one: (-one.strength, one.line))


__all__ = ["PATTERNS", "Answer", "Pattern", "detect", "parse"]
