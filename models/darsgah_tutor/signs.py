"""Sees a lab's own misconceptions by the signs that its authors wrote down."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from darsgah_tutor.misconceptions import Bank, Misconception, Sign
from darsgah_tutor.types import Check, Evidence, Finding, Question, Raised

LONGEST_ANSWER = 50_000
"""Characters of an answer in which an author's pattern is looked for."""


@dataclass(frozen=True, slots=True)
class _Ending:
    """One thing that went wrong: a failing statement of a test, or the end of the answer itself."""

    test: str
    exception: str
    messages: tuple[str, ...]
    line: int


def authored_findings(bank: Bank, question: Question, evidence: Evidence) -> list[Finding]:
    """The lab's misconceptions that show in this answer, strongest first.

    Where several show by equal signs each is as likely as the others, and no stronger.
    """
    endings = list(_endings(question, evidence))
    found = []
    for entry in bank.values():
        if entry.answers and question.id not in entry.answers:
            continue
        finding = _shows(entry, evidence, endings)
        if finding is not None:
            found.append(finding)
    rivals = Counter(finding.strength for finding in found)
    told = [replace(finding, strength=finding.strength / rivals[finding.strength]) for finding in found]
    return sorted(told, key=lambda finding: -finding.strength)


def _shows(entry: Misconception, evidence: Evidence, endings: Sequence[_Ending]) -> Finding | None:
    best: Finding | None = None
    for sign in entry.signs:
        met = [_holds(sign, evidence.source[:LONGEST_ANSWER], ending) for ending in endings]
        lines = [line for line in met if line is not None]
        if not lines:
            continue
        strength = _strength(sign) * _share(len(lines) / len(endings))
        if best is None or strength > best.strength:
            best = Finding(entry.name, lines[0], strength)
    return best


def _share(explained: float) -> float:
    """What a sign is worth that explains so much of what went wrong; one check may have other reasons.

    Where nearly everything fails and the sign speaks of one case, something plainer is the matter.
    """
    return 0.4 + 0.6 * min(1.0, explained / 0.5)


def _holds(sign: Sign, source: str, ending: _Ending) -> int | None:
    """The line that the sign points to, 0 where it points to none; None where it does not hold."""
    if sign.fails is not None and sign.fails != ending.test:
        return None
    if (
        sign.exception is not None
        and sign.exception.rsplit(".", 1)[-1] != ending.exception.rsplit(".", 1)[-1]
    ):
        return None
    if sign.message is not None and not any(sign.message.search(message) for message in ending.messages):
        return None
    if sign.source is not None:
        written = sign.source.search(source)
        return None if written is None else source.count("\n", 0, written.start()) + 1
    return ending.line


def _strength(sign: Sign) -> float:
    """How much a sign says: what an author saw in a message, or in the answer, more than a mere failure."""
    if sign.message is not None:
        return 0.9
    if sign.source is not None:
        return 0.85 if sign.fails or sign.exception else 0.6
    return 0.7 if sign.fails and sign.exception else 0.5


def _endings(question: Question, evidence: Evidence) -> Iterator[_Ending]:
    if evidence.raised is not None:
        raised = evidence.raised
        yield _Ending("", raised.name, (raised.message,), raised.line)
    sources = {(test.name, test.visible): test.source for test in question.tests}
    for check in evidence.checks:
        if check.passed is False:
            raised = check.raised or Raised("AssertionError", check.message)
            said = (
                raised.message,
                check.message,
                _written_message(sources.get((check.test, check.visible), ""), check),
            )
            yield _Ending(check.test, raised.name, tuple(filter(None, said)), raised.line)


def _written_message(source: str, check: Check) -> str:
    """What the author wrote behind the failing assert; of a hidden test it is read here and shown nowhere."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for statement in tree.body:
        if statement.lineno <= check.line <= (statement.end_lineno or statement.lineno):
            texts = [
                node.value
                for part in ast.walk(statement)
                if isinstance(part, ast.Assert) and part.msg is not None
                for node in ast.walk(part.msg)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            return " ".join(texts)
    return ""
