"""A hint as `darsgah hint` prints it: one JSON object with the documented keys, or text for people."""

import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from darsgah.commands.visible_text import encodable, visible, visible_lines
from darsgah.hinting.lab_hints import GivenHint
from darsgah_tutor.types import Check, Evidence, Hint, Raised

_MOST_LINES = 3


class _RaisedLine(msgspec.Struct, frozen=True):
    name: str
    message: str
    line: int


class _CheckLine(msgspec.Struct, frozen=True):
    test: str
    line: int
    visible: bool
    passed: bool | None
    source: str
    call: str
    expected: str
    got: str
    message: str
    raised: _RaisedLine | None


class _EvidenceLine(msgspec.Struct, frozen=True):
    ended: str
    correct: bool
    raised: _RaisedLine | None
    checks: list[_CheckLine]


class _ErrorLine(msgspec.Struct, frozen=True):
    code: str
    message: str


class HintLine(msgspec.Struct, frozen=True):
    """The JSON object of one hint.

    ``error`` says why there is none, and then the other fields are empty. Of hidden tests the evidence has
    only whether they passed. ``parts`` has the seconds of each part of the tutor, ``reasons`` what the gate
    held back, for instructors.
    """

    submission: str
    notebook: str
    cell: str
    level: int
    hint: str
    lines: list[int]
    misconception: str | None
    confidence: float
    evidence: _EvidenceLine | None
    model: str
    withheld: bool
    reasons: list[str]
    parts: dict[str, float]
    error: _ErrorLine | None
    seconds: float


def json_line(submission: str, given: GivenHint, language: str, seconds: float) -> str:
    """The hint as one line of JSON."""
    hint = given.hint
    return _encoded(
        HintLine(
            submission=encodable(submission),
            notebook=encodable(given.question.notebook),
            cell=encodable(given.question.question.id),
            level=int(hint.level),
            hint=encodable(hint.text[language]),
            lines=list(hint.lines),
            misconception=hint.misconception,
            confidence=round(hint.confidence, 4),
            evidence=_evidence(hint.evidence),
            model=hint.model,
            withheld=hint.withheld,
            reasons=list(hint.reasons),
            parts={part: round(taken, 4) for part, taken in hint.seconds.items()},
            error=None,
            seconds=round(seconds, 4),
        )
    )


def json_error(submission: str, level: int, code: str, message: str) -> str:
    """Why there is no hint, as one line of JSON."""
    return _encoded(
        HintLine(
            submission=encodable(submission),
            notebook="",
            cell="",
            level=level,
            hint="",
            lines=[],
            misconception=None,
            confidence=0.0,
            evidence=None,
            model="",
            withheld=False,
            reasons=[],
            parts={},
            error=_ErrorLine(code, encodable(message)),
            seconds=0.0,
        )
    )


def _encoded(line: HintLine) -> str:
    return msgspec.json.encode(line).decode()


def _evidence(evidence: Evidence) -> _EvidenceLine:
    return _EvidenceLine(
        ended=evidence.ended.value,
        correct=evidence.correct,
        raised=_raised(evidence.raised),
        checks=[_check(check) for check in evidence.checks],
    )


def _check(check: Check) -> _CheckLine:
    return _CheckLine(
        test=encodable(check.test),
        line=check.line,
        visible=check.visible,
        passed=check.passed,
        source=encodable(check.source),
        call=encodable(check.call),
        expected=encodable(check.expected),
        got=encodable(check.got),
        message=encodable(check.message),
        raised=_raised(check.raised),
    )


def _raised(raised: Raised | None) -> _RaisedLine | None:
    if raised is None:
        return None
    return _RaisedLine(encodable(raised.name), encodable(raised.message), raised.line)


def show(console: Console, submission: str, given: GivenHint, language: str, seconds: float) -> None:
    """Print one hint for people: the words, the lines that are meant, and how it came about."""
    hint = given.hint
    title = Text.assemble((visible(submission), "bold"), f": {visible(given.question.question.id)}")
    parts: list[RenderableType] = [title, Padding(Text(visible_lines(hint.text[language])), (1, 0))]
    parts += _lines_shown(given.question.answer, hint)
    how = f"Level {int(hint.level)}, by {hint.model}, {seconds:.2f} s"
    if hint.reasons:
        how += f"; {'a hint was held back: ' if hint.withheld else ''}{visible('; '.join(hint.reasons))}"
    console.print(Group(*parts, Text(how, "dim")))


def _lines_shown(answer: str, hint: Hint) -> list[RenderableType]:
    written = answer.split("\n")
    return [
        Text(f"  line {line}: {visible(written[line - 1].strip())}")
        for line in hint.lines[:_MOST_LINES]
        if 0 < line <= len(written)
    ]
