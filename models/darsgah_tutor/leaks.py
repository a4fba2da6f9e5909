"""What must not be in a hint: code before level 4, runs of a correct answer, and what only hidden parts hold.

The hidden parts of a question are its references, its hidden tests and the repair of the answer; the open
ones are what lies before the learner already. Whatever stands in both is no secret.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from darsgah_tutor.code_in_text import blocks, is_statement, renamed_runs, spans, statements, tokens
from darsgah_tutor.types import Evidence, Question, Repair, Trials

RUN = 8
"""Tokens in a row, names aside, that a hint may not share with a correct answer."""
SAID = 4
"""Words in a row of a hidden text or comment that a hint may not repeat."""
_LONG_WORD = 3
"""Letters and digits of a text that only a hidden part holds and that tells something."""
_WORD = re.compile(r"[^\W_]+(?:[_.-][^\W_]+)*")
_SPACE = re.compile(r"\s+")
_HEAD = re.compile(r"^([ \t]*)(def [^\n]*:)[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_DOING_NOTHING = ("pass", "raise NotImplementedError")


@dataclass(frozen=True)
class Secrets:
    """The hidden parts of a question beside its open ones, for one answer to it."""

    hidden_code: tuple[str, ...]
    hidden_tests: tuple[str, ...]
    open_text: str

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Renamed runs of correct answers that the learner has nowhere."""
        hidden = {run for code in self.hidden_code for run in renamed_runs(code, RUN)}
        return frozenset(hidden - renamed_runs(self.open_text, RUN).keys())

    @cached_property
    def words(self) -> frozenset[str]:
        """Names, texts and numbers of the hidden parts that stand in no open one and are unusual."""
        joined = {word.casefold() for word in _WORD.findall(self.open_text)}
        everyday = joined | {part for word in joined for part in word.split(".")}
        found = {word for code in (*self.hidden_code, *self.hidden_tests) for word in _telling(code)}
        return frozenset(word for word in found if word.casefold() not in everyday)

    @cached_property
    def phrases(self) -> frozenset[tuple[str, ...]]:
        """Runs of words that hidden parts say to whoever reads them, and no open part says."""
        hidden = {
            run
            for code in (*self.hidden_code, *self.hidden_tests)
            for said in _literals(code)
            for run in _word_runs(said)
        }
        return frozenset(hidden - _word_runs(self.open_text))

    @cached_property
    def open_code(self) -> str:
        """The open parts without spaces, to look statements up in."""
        return _SPACE.sub("", self.open_text)


def secrets_of(question: Question, evidence: Evidence, repair: Repair | None) -> Secrets:
    """What a hint about this answer must not tell."""
    visible = [check for check in evidence.checks if check.visible]
    raised = [evidence.raised, *(check.raised for check in visible)]
    public = (
        question.description,
        question.starter,
        question.setup,
        *(test.source for test in question.tests if test.visible),
        evidence.source,
        *(part for check in visible for part in (check.call, check.got, check.expected, check.message)),
        *(one.message for one in raised if one is not None),
    )
    return Secrets(
        hidden_code=(*question.references, *([repair.source] if repair else [])),
        hidden_tests=tuple(test.source for test in question.tests if not test.visible),
        open_text="\n".join(public),
    )


def told_code(text: str, secrets: Secrets) -> list[str]:
    """Code in the hint that the learner does not have; for levels before the example."""
    return [code for code in statements(text) if _SPACE.sub("", code) not in secrets.open_code]


def told_runs(text: str, secrets: Secrets) -> list[str]:
    """Runs of a correct answer in the hint, whatever its names are; spans of open code are none."""
    runs = renamed_runs(_unquoted(text, secrets), RUN)
    return [" ".join(was) for run, was in runs.items() if run in secrets.runs]


def _unquoted(text: str, secrets: Secrets) -> str:
    """The text without spans of code that are in the open as they stand."""
    for code in spans(text):
        if _SPACE.sub("", code) in secrets.open_code:
            text = text.replace(code, "")
    return text


def told_words(text: str, secrets: Secrets, allowed: str = "") -> list[str]:
    """What stands in hidden parts alone and in the hint; ``allowed`` is what an author wrote knowingly."""
    theirs = {word.casefold() for word in _WORD.findall(allowed)}
    said = {word.casefold() for word in _WORD.findall(text)} - theirs
    found = [word for word in secrets.words if word.casefold() in said]
    runs = (_word_runs(text) & secrets.phrases) - _word_runs(allowed)
    return sorted([*found, *(" ".join(run) for run in runs)])


def solves(
    text: str, evidence: Evidence, lines: Sequence[int], trials: Trials, *, seconds: float
) -> str | None:
    """Put the hint's code into the answer, in every likely place; what it makes green, or None.

    What code that does nothing, or only fails, makes green in its place is not its doing: a wrong line that
    is gone, a test that asks for little. Programs that could not be tried in time count as making something
    green: what was not seen is not given.
    """
    own = {_SPACE.sub("", row) for row in evidence.source.splitlines()}
    pieces = [*blocks(text), *(code for code in spans(text) if is_statement(code))]
    pieces = [code for code in pieces if _SPACE.sub("", code) not in own]
    variants = dict(one for piece in pieces for one in _spliced(piece, evidence.source, lines))
    if not variants:
        return None
    results = trials.passed([evidence.source, *variants], seconds=seconds)
    before = results[0]
    if before is None or None in results:
        return "not tried"
    green = [
        (checks, controls)
        for result, controls in zip(results[1:], variants.values(), strict=True)
        if (checks := _turned_green(result, before))
    ]
    for checks, controls in green:
        without = trials.passed(controls, seconds=seconds)
        if not all(any(result is not None and result[check] for result in without) for check in checks):
            return "a failing check passes with it"
    return None


def _turned_green(result: Sequence[bool] | None, before: Sequence[bool]) -> list[int]:
    """The checks that a program passes and the answer did not."""
    return [place for place, now in enumerate(result or ()) if now and not before[place]]


def _spliced(piece: str, source: str, lines: Sequence[int]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The answer with the piece for the whole, at its end, and for or before each suspect line.

    Each comes with the same programs where what stands in the piece's place does nothing, or fails. A
    function of the piece takes the name of each of the answer's: an example that only wants renaming is the
    solution.
    """
    yield from _renamed(piece, source)
    both = [name for name in _functions(piece) if name in _functions(source)]
    yield f"{source}\n{piece}", tuple(f"{source}\n{_stubs(both, doing)}" for doing in _DOING_NOTHING)
    rows = source.splitlines()
    for line in lines[:3]:
        if not 1 <= line <= len(rows):
            continue
        indent = rows[line - 1][: len(rows[line - 1]) - len(rows[line - 1].lstrip())]
        put, *idle = (
            "\n".join(f"{indent}{row}" for row in code.strip("\n").splitlines())
            for code in (piece, *(_bones(piece, doing) for doing in _DOING_NOTHING))
        )
        for after in (rows[line:], rows[line - 1 :]):
            with_it, *without = ("\n".join([*rows[: line - 1], code, *after]) for code in (put, *idle))
            yield with_it, tuple(without)


def _renamed(piece: str, source: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    theirs, ours = _functions(piece), _functions(source)
    for old in theirs:
        for new in ours:
            renamed = re.sub(rf"\b{re.escape(old)}\b", new, piece)
            yield f"{source}\n{renamed}", tuple(f"{source}\n{_stubs([new], one)}" for one in _DOING_NOTHING)


def _stubs(names: Sequence[str], doing: str) -> str:
    """Functions of these names that do so little, whatever they are called with."""
    return "\n".join(f"def {name}(*_given, **_named):\n    {doing}" for name in names)


def _bones(piece: str, doing: str) -> str:
    """So little in the place of a piece: the heads of its functions, as they hold what stands behind them."""
    heads = _HEAD.findall(piece)
    return "\n".join(f"{indent}{head}\n{indent}    {doing}" for indent, head in heads) or doing


def _word_runs(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(words[start : start + SAID]) for start in range(len(words) - SAID + 1)}


def _functions(code: str) -> list[str]:
    return re.findall(r"^[ \t]*def\s+([^\W\d]\w*)", code, re.MULTILINE)


def _telling(code: str) -> Iterable[str]:
    """Words of hidden code that would give it away: of its texts and comments, names, larger numbers."""
    for literal in _literals(code):
        yield from (word for word in _WORD.findall(literal) if len(word) >= _LONG_WORD and _unusual(word))
    for token in tokens(code):
        if token.isidentifier() and _unusual(token):
            yield token


def _literals(code: str) -> Iterable[str]:
    yield from re.findall(r"#([^\n]*)", code)
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield code
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool | None):
            yield node.value if isinstance(node.value, str) else repr(node.value)


def _unusual(word: str) -> bool:
    """No word of a sentence: it has a digit among at least three signs, an underscore, or capitals inside."""
    has_digit = any(sign.isdigit() for sign in word)
    return (has_digit and len(word) >= 3) or "_" in word.strip("_") or word[1:] != word[1:].lower()
