"""Sees a lab's own misconceptions by the signs that its authors wrote down."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from darsgah_tutor.misconceptions import Bank, Misconception, Sign
from darsgah_tutor.types import Evidence, Finding, Question, Raised
from darsgah_tutor.written_tests import message_of

_UNSAID = 0.7
"""What a message says of a check that an exception ended before it compared anything."""
LONGEST_ANSWER = 50_000
"""Characters of an answer in which an author's pattern is looked for."""


@dataclass(frozen=True, slots=True)
class _Ending:
    """One thing that went wrong: a failing statement of a test, or the end of the answer itself."""

    test: str
    exception: str
    messages: tuple[str, ...]
    line: int
    unsaid: str = ""
    """What its author wrote for a failing comparison that an exception came before."""


def authored_findings(bank: Bank, question: Question, evidence: Evidence) -> list[Finding]:
    """The lab's misconceptions that show in this answer, strongest first.

    Where several show by equal signs, and nothing in the answer speaks for one, each is as likely as the
    others, and no stronger.
    """
    endings = list(_endings(question, evidence))
    found: list[Finding] = []
    guessed: list[Finding] = []
    for entry in bank.values():
        if entry.answers and question.id not in entry.answers:
            continue
        shown = _shows(entry, evidence, endings)
        if shown is not None:
            (found if shown[1].source is not None else guessed).append(shown[0])
    rivals = Counter(finding.strength for finding in guessed)
    found += [replace(finding, strength=finding.strength / rivals[finding.strength]) for finding in guessed]
    return sorted(found, key=lambda finding: -finding.strength)


def _shows(
    entry: Misconception, evidence: Evidence, endings: Sequence[_Ending]
) -> tuple[Finding, Sign] | None:
    """The misconception with its strongest sign."""
    best: tuple[Finding, Sign] | None = None
    for sign in entry.signs:
        source = evidence.source[:LONGEST_ANSWER]
        met = [_holds(sign, source, ending) for ending in endings]
        lines = [line for line in met if line is not None]
        strength = _strength(sign)
        if not lines and sign.message is not None:
            met = [_holds(sign, source, replace(ending, messages=(ending.unsaid,))) for ending in endings]
            lines = [line for line in met if line is not None]
            strength = _UNSAID
        if not lines:
            continue
        strength *= _share(len(lines) / len(endings))
        if best is None or strength > best[0].strength:
            best = Finding(entry.name, lines[0], strength), sign
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
        if written is None:
            return None
        if _points(written.group()):
            return source.count("\n", 0, written.start()) + 1
    return ending.line


def _points(written: str) -> bool:
    """Whether what a pattern met is a place; one that says what is nowhere meets nothing, or everything."""
    return bool(written) and "\n" not in written


def _strength(sign: Sign) -> float:
    """How much a sign says: what an author saw in a message, or in the answer, more than a mere failure.

    A message says which check failed; that it failed for this reason and no other, the answer has to show.
    """
    if sign.message is not None:
        return 0.9 if sign.source is not None or sign.exception is not None else 0.8
    if sign.source is not None:
        return 0.85 if sign.fails or sign.exception else 0.6
    return 0.7 if sign.fails and sign.exception else 0.5


def _endings(question: Question, evidence: Evidence) -> Iterator[_Ending]:
    if evidence.raised is not None:
        raised = evidence.raised
        yield _Ending("", raised.name, (raised.message,), raised.line)
    for check in evidence.checks:
        if check.passed is False:
            raised = check.raised or Raised("AssertionError", check.message)
            written = message_of(question, check)
            failed = check.raised is None or raised.name == "AssertionError"
            said = (raised.message, check.message, written if failed else "")
            unsaid = "" if failed else written
            yield _Ending(check.test, raised.name, tuple(filter(None, said)), raised.line, unsaid)
