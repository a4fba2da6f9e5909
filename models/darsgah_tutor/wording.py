"""Brings what somebody wrote into one spelling, so that a disguise does not help: English, Urdu, Roman Urdu.

Undone are capitals, look-alike letters, digits for letters, letters apart, marks that nobody sees, ways of
writing one Urdu letter, names with underscores or capitals, and text that is encoded in base64 or ROT13.
"""

import base64
import binascii
import codecs
import re
import unicodedata

LONGEST = 4000
"""Characters that are looked at; a request is short."""
_CYRILLIC_AND_GREEK = "аaеeоoрpсcуyхxіiкkмmтtвbнhԁdѕsјjαaεeοoιiκkρpτtυuνvχxγy"  # noqa: RUF001 - look-alikes
_LOOK_ALIKE = {
    ord(one): other
    for pairs in (_CYRILLIC_AND_GREEK, "يیىیكک", "؟?،,")
    for one, other in zip(pairs[::2], pairs[1::2], strict=True)
} | {0x6C0: "\u06c1", 0x629: "\u06c1", 0x647: "\u06c1"}
"""Cyrillic and Greek letters that look Latin; Arabic letters and signs for Urdu's."""
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_DISGUISED = re.compile(r"(?<![\w.])(?=[a-z@$]*[013457@$])(?=[0-9@$]*[a-z])[a-z013457@$]{4,}(?![\w.])")
_APART = re.compile(r"(?<!\w)(?:\w[ .*_-]){3,}\w(?!\w)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_REPEATED = re.compile(r"(\w)\1{2,}")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_ROT13_HINT = re.compile(r"\brot-?13\b", re.IGNORECASE)
_MARKUP = re.compile(r"<!--|-->|</?[a-z][^>\n]{0,80}>|[*_`>#|=~]+")


def plain(text: str) -> str:
    """The text in one spelling: lower case, single spaces, what was encoded behind it."""
    text = text[:LONGEST]
    return " ".join([_one_spelling(text), *map(_one_spelling, _decoded(text))]).strip()


def _one_spelling(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Mn", "Co", "Cs"})
    text = _CAMEL.sub(" ", text).casefold().translate(_LOOK_ALIKE)
    text = _DISGUISED.sub(lambda found: found[0].translate(_DIGITS_AS_LETTERS), text)
    text = _APART.sub(lambda found: re.sub(r"[ .*_-]", "", found[0]), text)
    text = _REPEATED.sub(r"\1", _MARKUP.sub(" ", text))
    return " ".join(text.split())


def _decoded(text: str) -> list[str]:
    """What base64 in it stands for, where that is a text; the whole in ROT13, where it speaks of it."""
    found = []
    for piece in _ENCODED.findall(text):
        try:
            said = base64.b64decode(piece + "=" * (-len(piece) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if " " in said and said.isprintable():
            found.append(said)
    return [*found, codecs.decode(text, "rot13")] if _ROT13_HINT.search(text) else found
