"""Answers that Python cannot read: what the message and the line say about the belief behind it.

The messages are those of CPython 3.11 to 3.13. Where none fits there is still a finding, so that a learner
whose answer does not parse is never left with the message alone.
"""

import keyword
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.types import Ended, Finding

_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"invalid (non-printable )?character|invalid digit", "signs-of-another-keyboard"),
    (r"expected ':'", "colon-missing"),
    (r"Missing parentheses in call", "print-without-brackets"),
    (r"never closed|unmatched|does not match opening", "bracket-not-closed"),
    (r"unterminated|EOL while|EOF while scanning", "quote-not-closed"),
    (r"forgot a comma", "comma-missing"),
    (r"Maybe you meant '=='|cannot assign to comparison", "equals-sign-compares"),
    (r"cannot assign to|cannot delete", "assignment-turned-round"),
    (r"indent|inconsistent use of tabs", "indentation-says-what-belongs"),
    (r"'(return|yield)' outside function", "return-outside-a-function"),
)
_SPECIFIC = frozenset({"signs-of-another-keyboard", "print-without-brackets", "return-outside-a-function"})
"""Messages that say more than a look at the line does."""

_OTHER_LANGUAGES = re.compile(
    r"&&|\|\||\+\+|--\s*$|\belse\s+if\b|\bthen\b|^\s*(function|var|let|const|switch|do)\b|!(?!=)|[{;]\s*$"
)
_DEFINES_WITHOUT_DEF = re.compile(
    r"^\s*(?!(?:if|for|while|with|class|elif|match|case|except)\b)\w+\s*\([^()]*\)\s*:\s*$"
)
_KEYWORD_AS_NAME = re.compile(
    r"^\s*(?:for\s+|def\s+)?(?:{words})\s*(?:=(?!=)|\bin\b|\()|def\s+\w+\s*\([^)]*\b(?:{words})\b\s*[,)=]".replace(
        "{words}", "|".join(word for word in keyword.kwlist if word not in {"None", "True", "False", "not"})
    )
)
_ASKS = re.compile(r"\s*(if|elif|while|return|assert)\b")
_STRINGS = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|#.*")


def unreadable(answer: Answer) -> Iterator[Finding]:
    """The one finding of an answer that does not parse."""
    raised = answer.evidence.raised
    if answer.evidence.ended is not Ended.SYNTAX or raised is None:
        return
    line = raised.line or 1
    if after := re.search(r"on line (\d+)$", raised.message):
        line = int(after[1])
    named = next((name for words, name in _MESSAGES if re.search(words, raised.message)), None)
    text = answer.rows[line - 1] if 0 < line <= len(answer.rows) else ""
    seen = named if named in _SPECIFIC else _by_line(text) or named
    if seen == "equals-sign-compares" and not _ASKS.match(text):
        seen = "assignment-turned-round" if "cannot assign" in raised.message else seen
    yield answer.finding(
        seen or "line-is-not-python", line, Sign.SYMPTOM, agrees=True, touches=raised.line or 1
    )


def _by_line(text: str) -> str | None:
    """What the line itself shows, texts and comments left out."""
    bare = _STRINGS.sub("''", text)
    if _OTHER_LANGUAGES.search(bare):
        return "words-of-another-language"
    if _DEFINES_WITHOUT_DEF.match(bare):
        return "function-without-def"
    if _KEYWORD_AS_NAME.search(bare) and not _ASKS.match(bare):
        return "keyword-as-name"
    if re.match(r"\s*else\s+[^\s:]", bare):
        return "else-takes-no-condition"
    if re.match(r"\s*(else|elif)\b.*:\s*$", bare):
        return "else-without-its-if"
    return None


PATTERNS: tuple[Pattern, ...] = (unreadable,)
