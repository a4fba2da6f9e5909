"""Suspicion of the learner's lines from what ran when: spectrum-based fault localisation, no model.

Ochiai (Abreu, Zoeteweij, van Gemund 2007) over checks, with the lines at which exceptions left the answer.
It points when there is no model, is a feature of the model, and guides the search for a repair.
"""

import ast
import io
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import sqrt

from darsgah_tutor.types import Check, Evidence

_BLANK = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)
_ENDED_BY_EXCEPTION = 0.5
"""What the innermost line of an exception weighs against the outer lines of its trace, which get the rest."""


def code_lines(source: str) -> tuple[int, ...]:
    """Lines on which a statement begins, in order, docstrings left out.

    Of a source that does not parse: the lines that hold more than a comment.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _written_lines(source)
    documentation = {id(node) for node in _docstrings(tree)}
    return tuple(
        sorted(
            {
                node.lineno
                for node in ast.walk(tree)
                if isinstance(node, ast.stmt) and id(node) not in documentation
            }
        )
    )


def suspicion(evidence: Evidence) -> dict[int, float]:
    """How suspect each code line is, 0 to 1: half of it Ochiai's, half the exceptions' lines.

    Checks that were not reached say nothing. A line inside a statement of several lines counts for the
    statement's first one.
    """
    lines = code_lines(evidence.source)
    begins = _statement_of_line(evidence.source, lines)
    reached = [check for check in evidence.checks if check.passed is not None]
    failing = [check for check in reached if not check.passed]
    ran_failing = Counter(line for check in failing for line in _begun(check, begins))
    ran_passing = Counter(line for check in reached if check.passed for line in _begun(check, begins))
    raised = _exception_shares(evidence, failing, begins)
    scores = {}
    for line in lines:
        seen = ran_failing[line] + ran_passing[line]
        ochiai = ran_failing[line] / sqrt(len(failing) * seen) if seen and failing else 0.0
        scores[line] = (ochiai + raised.get(line, 0.0)) / 2
    return scores


def ranking(evidence: Evidence) -> tuple[int, ...]:
    """All code lines, most suspect first; of equals the deeper one, then the later one.

    What is nested deeper decides more and is run by fewer checks; a later line has seen more of the run.
    """
    scores = suspicion(evidence)
    depths = _depths(evidence.source)
    return tuple(sorted(scores, key=lambda line: (-scores[line], -depths.get(line, 0), -line)))


def _exception_shares(evidence: Evidence, failing: list[Check], begins: dict[int, int]) -> dict[int, float]:
    """Of all endings that were exceptions or failures, the share that each line ended."""
    endings = [check.raised for check in failing]
    if evidence.raised is not None:
        endings.append(evidence.raised)
    shares: defaultdict[int, float] = defaultdict(float)
    for raised in endings:
        if raised is None or not raised.line:
            continue
        line = begins.get(raised.line, raised.line)
        outer = {begins.get(one, one) for one in raised.trace} - {line}
        shares[line] += _ENDED_BY_EXCEPTION if outer else 1.0
        for one in outer:
            shares[one] += (1 - _ENDED_BY_EXCEPTION) / len(outer)
    return {line: share / len(endings) for line, share in shares.items()}


def _begun(check: Check, begins: dict[int, int]) -> set[int]:
    return {begins.get(line, line) for line in check.lines}


def _statement_of_line(source: str, lines: tuple[int, ...]) -> dict[int, int]:
    """For each line of the source the code line at or above it."""
    begins, current, starts = {}, 0, set(lines)
    for number in range(1, source.count("\n") + 2):
        current = number if number in starts else current
        if current:
            begins[number] = current
    return begins


def _docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first


def _depths(source: str) -> dict[int, int]:
    """How far each line is indented, in characters."""
    texts = enumerate(source.expandtabs().splitlines(), 1)
    return {number: len(text) - len(text.lstrip()) for number, text in texts}


def _written_lines(source: str) -> tuple[int, ...]:
    lines: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _BLANK:
                lines.update(range(token.start[0], token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        texts = enumerate(source.splitlines(), 1)
        lines.update(number for number, text in texts if text.strip() and not text.strip().startswith("#"))
    return tuple(sorted(lines))
