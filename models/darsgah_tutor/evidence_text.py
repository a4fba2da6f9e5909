"""Level 0: what was seen of an answer, in words; true by construction, as it says what the run showed.

Of tests that the learner cannot see nothing is said but that one fails, and, where an exception ended it, the
exception's name and the learner's line: neither its message nor any value.
"""

import ast
import builtins
from dataclasses import replace

from darsgah_tutor.phrases import Code, Quoted, joined, say
from darsgah_tutor.types import Check, Ended, Evidence, Question, Raised

SHOWN = 2
"""Failing checks that are told one by one."""
_CONDITIONS = ("is ", "not ", "in ", "<", ">", "!=")
"""How an expectation begins that is no value."""
_LIMITS = {"TimeoutError": "never-ends", "MemoryError": "needs-memory", "SystemExit": "ends-program"}
"""How a check ended that the sandbox had to end, or that ended its process: exceptions without a message."""
_BUILT_IN = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def evidence_text(question: Question, evidence: Evidence) -> dict[str, str]:
    """What there is to say of an answer that is not correct, by language."""
    if evidence.ended is not Ended.RAN:
        return _ended_early(evidence)
    visible = [check for check in evidence.checks if check.visible]
    failing = [check for check in visible if check.passed is False]
    sentences = [_failing(check) for check in _telling(failing)[:SHOWN]]
    if visible and failing:
        sentences.append(
            say("passing", total=len(visible), passed=sum(bool(check.passed) for check in visible))
        )
    hidden = [check for check in evidence.checks if not check.visible and check.passed is False]
    if hidden:
        sentences.append(_hidden(hidden, question, evidence))
        if visible and all(check.passed for check in visible):
            sentences.append(say("only-hidden-fails"))
    return joined(*sentences) if sentences else say("unseen")


def _telling(failing: list[Check]) -> list[Check]:
    """The checks without those that say what a value is not, where another one says what it should be."""
    told = {check.call for check in failing if check.expected and not _is_condition(check)}
    return [check for check in failing if not (_is_condition(check) and check.call in told)]


def _is_condition(check: Check) -> bool:
    return check.expected.startswith(_CONDITIONS)


def first_failing(evidence: Evidence) -> Check | None:
    """The first check the learner can see that fails."""
    return next((check for check in evidence.checks if check.visible and check.passed is False), None)


def told_evidence(question: Question, evidence: Evidence) -> Evidence:
    """The evidence without what the learner may not see of hidden tests: shown and kept with a hint."""
    return replace(
        evidence,
        checks=tuple(
            check if check.visible else _without_secrets(check, question, evidence)
            for check in evidence.checks
        ),
    )


def _without_secrets(check: Check, question: Question, evidence: Evidence) -> Check:
    raised = check.raised
    if raised is not None:
        named = _may_be_named(raised.name, question, evidence)
        raised = Raised(raised.name, "", raised.line, raised.trace) if named else None
    return Check(check.test, check.line, visible=False, passed=check.passed, raised=raised)


def _ended_early(evidence: Evidence) -> dict[str, str]:
    raised = evidence.raised
    if evidence.ended in {Ended.SYNTAX, Ended.ERROR} and raised is not None:
        key = evidence.ended.value if raised.line else f"{evidence.ended.value}-nowhere"
        return say(key, line=raised.line, error=_error(raised))
    return say("died" if evidence.ended in {Ended.SYNTAX, Ended.ERROR} else evidence.ended.value)


def _failing(check: Check) -> dict[str, str]:
    subject = _subject(check)
    if check.raised is not None and subject:
        stops = _LIMITS.get(check.raised.name, "stops") if not check.raised.message else "stops"
        key = f"{stops}-in-line" if check.raised.line else stops
        return say(key, call=Code(subject), line=check.raised.line, error=_error(check.raised))
    if check.call and check.got and check.expected:
        return say("wrong-value", call=Code(subject), got=Code(check.got), expected=Code(check.expected))
    told = (
        say("does-not-hold", source=Code(check.source))
        if check.source
        else say("a-test-fails", test=Code(check.test))
    )
    return joined(told, say("test-says", message=Quoted(check.message))) if check.message else told


def _subject(check: Check) -> str:
    """What was asked for; a variable by its name and not by what it held before."""
    if not check.call or "(" in check.call:
        return check.call or check.source
    try:
        statement = ast.parse(check.source).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return check.call
    test = statement.test if isinstance(statement, ast.Assert) else None
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name):
        return test.left.id
    return check.call


def _hidden(failing: list[Check], question: Question, evidence: Evidence) -> dict[str, str]:
    raised = next((check.raised for check in failing if check.raised is not None), None)
    if raised is None or not _may_be_named(raised.name, question, evidence):
        return say("hidden-fails")
    stops = "hidden-never-ends" if raised.name == "TimeoutError" else "hidden-stops"
    key = f"{stops}-in-line" if raised.line else stops
    return say(key, line=raised.line, error=Code(raised.name))


def _may_be_named(name: str, question: Question, evidence: Evidence) -> bool:
    """Whether the name tells nothing of a hidden test: it is Python's, or stands in what the learner has."""
    if name == "AssertionError":
        return False
    return (
        name in _BUILT_IN
        or name in evidence.source
        or name in question.starter
        or name in question.description
    )


def _error(raised: Raised) -> Code:
    return Code(f"{raised.name}: {raised.message}" if raised.message else raised.name)
