"""Urdu with code in it: what stays left to right, and which language a text is in.

Isolates keep spans of code, and what an author or a model wrote as code without marking it, as they are
written (Unicode TR 9, section 2.4). Signs that steer direction are nobody else's to write in a hint.
"""

import re
import unicodedata

from darsgah_tutor.code_in_text import prose
from darsgah_tutor.phrases import isolated

_FENCE = re.compile(r"(^[ ]{0,3}`{3}.*?(?:^[ ]{0,3}`{3}[ ]*$|\Z))", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`[^`\n]+`)(?!`)")
_PLACE = re.compile(r"`?\{[a-z_]+\}`?")
_BARE = re.compile(r"(?<![!-~])[!-_a-z|~]+(?: [!-_a-z|~]+)*")
"""Words of ASCII in a row, none of them a span or a place."""
_CODE_LIKE = re.compile(r"^[-+]\d|[\w)\]] ?[-+*/%@&|^<>=]{1,2} ?[-\w(\[]|[=!<>]=|\w[(\[]|[(\[].*[)\]]|\w\.\w")
_ENDS = ".,:;!?"
_JOINERS = "\u200c\u200d"
_SENTENCE = re.compile(r"[.!?\u061f\u06d4\n]")
_URDU_LETTERS = frozenset("\u0679\u0688\u0691\u06ba\u06d2\u06c1\u06be\u06cc\u06af\u0686\u067e\u06a9")
"""Letters of Urdu that Arabic has not, some of them in nearly every sentence."""
_WORDS = re.compile(r"[A-Za-z]{2,}")
_ENGLISH_ALONE = 4
"""Words of a sentence without a letter of Urdu that make it an English one."""


def undirected(text: str) -> str:
    """The text without signs that nobody sees, those that steer direction among them; Urdu's joiners stay."""
    return "".join(
        sign
        for sign in text
        if sign in "\n\t" or sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}
    )


def left_to_right(text: str) -> str:
    """An Urdu text, Markdown, with its code kept left to right; blocks and ``{places}`` stay as they are."""
    pieces = _FENCE.split(text)
    for number in range(0, len(pieces), 2):
        parts = _SPAN.split(pieces[number])
        parts[0::2] = [_BARE.sub(_bare, part) for part in parts[0::2]]
        parts[1::2] = [part if _PLACE.fullmatch(part) else isolated(part, "ur") for part in parts[1::2]]
        pieces[number] = "".join(parts)
    return "".join(pieces)


def _bare(found: re.Match[str]) -> str:
    """A run of ASCII, isolated where it reads as code or as a number with a sign."""
    run = found[0].rstrip(_ENDS)
    even = run.count("(") == run.count(")") and run.count("[") == run.count("]")
    return isolated(run, "ur") + found[0][len(run) :] if even and _CODE_LIKE.search(run) else found[0]


def is_in(text: str, language: str) -> bool:
    """Whether the prose of a text is in that language; in Urdu technical terms may be English.

    Args:
        text: may be the beginning of one, up to the end of a sentence.
    """
    said = prose(text)
    letters = [sign for sign in said if sign.isalpha()]
    arabic = [sign for sign in letters if "\u0600" <= sign <= "\u06ff"]
    if any(not (sign.isascii() or "\u0600" <= sign <= "\u06ff") for sign in letters):
        return False
    if language != "ur":
        return not arabic
    if 3 * len(arabic) < len(letters) or _URDU_LETTERS.isdisjoint(arabic):
        return False
    return not any(map(_is_english, _SENTENCE.split(said)))


def _is_english(sentence: str) -> bool:
    urdu = any("\u0600" <= sign <= "\u06ff" for sign in sentence)
    return not urdu and len(_WORDS.findall(sentence)) >= _ENGLISH_ALONE


def as_shown(text: str, language: str) -> str:
    """Words of a model as they may stand on a page: nothing unseen in them, code left to right in Urdu."""
    plain = undirected(text)
    return left_to_right(plain) if language == "ur" else plain
