"""What the model reads of an answer: words of evidence, task and code, and numbers about each code line.

Words are hashed into buckets, so there is no vocabulary to keep; none of them is a name of the author's own.
The numbers are what generalises to tasks never seen: what ran when, where exceptions left, what detectors
saw. No reference answer and no repair is read.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

from darsgah_tutor.code_words import BUILTINS, roles, words_of_lines
from darsgah_tutor.detectors import parse
from darsgah_tutor.relations import relations
from darsgah_tutor.spectrum import ranking, suspicion
from darsgah_tutor.types import Check, Ended, Evidence, Finding

BUCKETS = 4096
"""Words' ids; 0 is for filling up."""
LONGEST = 640
"""Words that are read at most."""
MOST_LINES = 120
"""Code lines that are judged at most; of a longer answer the most suspect ones."""
_EVIDENCE_WORDS, _DESCRIPTION_WORDS = 96, 80
_MOST_CHECKS = 6
_WORDS_OF_LINE = 48
_WORD = re.compile(r"[a-z]{2,}")
_NAME = re.compile(r"'(\w+)'")
_KINDS = (
    ast.Return, ast.If, ast.For, ast.While, ast.Assign, ast.AugAssign, ast.Expr, ast.FunctionDef,
    ast.ClassDef, ast.Import, ast.ImportFrom, ast.Try, ast.Raise, ast.Break, ast.Continue, ast.Pass,
)  # fmt: skip
_FACTS = 24
FACTS = _FACTS + len(_KINDS)
"""Numbers about each code line."""
SUSPICION = 0
"""Which of them is the spectrum's."""


class Segment(IntEnum):
    """What a word belongs to."""

    EVIDENCE = 0
    DESCRIPTION = 1
    CODE = 2


@dataclass(frozen=True, slots=True)
class Features:
    """An answer as the model reads it.

    Attributes:
        words, segments, places: of each word its bucket, its segment, and its line's place in ``lines``; -1
            for words that are no code.
        lines: the code lines that are judged.
        facts: ``FACTS`` numbers, mostly 0 to 1, about each of them.
    """

    words: tuple[int, ...]
    segments: tuple[int, ...]
    places: tuple[int, ...]
    lines: tuple[int, ...]
    facts: tuple[tuple[float, ...], ...]


def features(description: str, evidence: Evidence, findings: Sequence[Finding]) -> Features:
    """Read an answer; it costs some milliseconds."""
    tree = parse(evidence.source)
    code = words_of_lines(evidence.source, tree)
    chosen = set(ranking(evidence)[:MOST_LINES])
    lines = tuple(line for line in code if line in chosen)
    told = _evidence_words(evidence, findings)[:_EVIDENCE_WORDS]
    asked = _WORD.findall(description.lower())[:_DESCRIPTION_WORDS]
    rows = [(Segment.EVIDENCE, -1, f"evidence {word}") for word in told]
    rows += [(Segment.DESCRIPTION, -1, f"task {word}") for word in asked]
    room = (LONGEST - len(rows)) // max(1, len(lines))
    for place, line in enumerate(lines):
        words = ["line", *code[line]][: max(1, min(room, _WORDS_OF_LINE))]
        rows += [(Segment.CODE, place, word) for word in words]
    return Features(
        words=tuple(1 + crc32(word.encode()) % (BUCKETS - 1) for _, _, word in rows),
        segments=tuple(int(segment) for segment, _, _ in rows),
        places=tuple(place for _, place, _ in rows),
        lines=lines,
        facts=tuple(_facts(evidence, findings, tree, lines)),
    )


def _evidence_words(evidence: Evidence, findings: Sequence[Finding]) -> list[str]:
    """How the answer ended, how the failing checks failed, what the detectors saw."""
    words = [f"ended {evidence.ended}"]
    if evidence.raised is not None:
        words.append(f"raised {evidence.raised.name}")
    reached = [check for check in evidence.checks if check.passed is not None]
    failing = [check for check in reached if not check.passed]
    if evidence.ended is Ended.RAN and reached:
        words.append(
            "fails all" if len(failing) == len(reached) else f"fails {4 * len(failing) // len(reached)}/4"
        )
    words += [f"finding {finding.misconception}" for finding in findings[:4]]
    for check in failing[:_MOST_CHECKS]:
        words += ["check", *relations(check)]
    return words


def _facts(
    evidence: Evidence, findings: Sequence[Finding], tree: ast.Module | None, lines: Sequence[int]
) -> list[tuple[float, ...]]:
    scores = suspicion(evidence)
    places = {line: at for at, line in enumerate(ranking(evidence))}
    reached = [check for check in evidence.checks if check.passed is not None]
    failing = [check for check in reached if not check.passed]
    passing = [check for check in reached if check.passed]
    written = evidence.source.split("\n")
    known = _statements(tree)
    unknown = _lines_of_unknown_names(tree)
    named = _names_in_messages(evidence, failing)
    best = max(scores.values(), default=0.0) or 1.0
    rows = []
    for at, line in enumerate(lines):
        text = written[line - 1]
        statement, loops = known.get(line, (None, 0))
        inside = range(line, lines[at + 1] if at + 1 < len(lines) else len(written) + 1)
        failed, passed = _share(failing, inside), _share(passing, inside)
        seen = [finding.strength for finding in findings if finding.line in inside]
        words = set(re.findall(r"\w+", text))
        row = (
            scores[line],
            scores[line] / best,
            1 / (1 + places[line]),
            failed,
            passed,
            failed - passed,
            float(failed > 0 and passed == 0),
            float(failed == 0 and passed == 0),
            float(bool(failing) and not failing[0].lines.isdisjoint(inside)),
            *_endings(evidence, failing, inside),
            max(seen, default=0.0),
            float(len(seen) > 1),
            float(bool(named & words)),
            float(line in unknown),
            _got_written(failing, text),
            _expected_written(failing, text),
            (at + 1) / len(lines),
            1 / len(lines),
            float(at + 1 == len(lines)),
            min(1.0, (len(text) - len(text.lstrip())) / 16),
            min(1.0, loops / 3),
            min(1.0, len(words) / 12),
            float(statement is None),
        )
        rows.append((*row, *(float(isinstance(statement, kind)) for kind in _KINDS)))
    return rows


def _share(checks: Sequence[Check], inside: range) -> float:
    """Of some checks the share that ran a line."""
    return sum(not check.lines.isdisjoint(inside) for check in checks) / max(1, len(checks))


def _endings(evidence: Evidence, failing: Sequence[Check], inside: range) -> tuple[float, float]:
    """Shares of the endings at this line, and of those that went through it."""
    raised = [check.raised for check in failing if check.raised is not None]
    if evidence.raised is not None:
        raised.append(evidence.raised)
    count = max(1, len(raised))
    ended = sum(one.line in inside for one in raised)
    through = sum(any(line in inside for line in one.trace) for one in raised)
    return ended / count, through / count


def _names_in_messages(evidence: Evidence, failing: Sequence[Check]) -> set[str]:
    raised = [evidence.raised, *(check.raised for check in failing)]
    return {name for one in raised if one is not None for name in _NAME.findall(one.message)}


def _got_written(failing: Sequence[Check], text: str) -> float:
    """Of the failing checks the share that got what is written on this line."""
    return sum(bool(check.got) and check.got in text for check in failing) / max(1, len(failing))


def _expected_written(failing: Sequence[Check], text: str) -> float:
    shown = [check for check in failing if check.visible and check.expected]
    return sum(check.expected in text for check in shown) / max(1, len(failing))


def _statements(tree: ast.Module | None) -> dict[int, tuple[ast.stmt, int]]:
    """By line the first statement that begins there, and in how many loops it stands."""
    found: dict[int, tuple[ast.stmt, int]] = {}
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)] if tree is not None else []
    while waiting:
        node, loops = waiting.pop(0)
        if isinstance(node, ast.stmt):
            found.setdefault(node.lineno, (node, loops))
        deeper = loops + isinstance(node, ast.For | ast.While)
        waiting += [(child, deeper) for child in ast.iter_child_nodes(node)]
    return found


def _lines_of_unknown_names(tree: ast.Module | None) -> set[int]:
    """Lines with a name that nothing in the answer gives a value, which the lab's setup may do."""
    if tree is None:
        return set()
    known = roles(tree).keys() | BUILTINS
    return {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in known}
