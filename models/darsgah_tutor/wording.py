"""Brings what somebody wrote into one spelling, so that a disguise does not help: English, Urdu, Roman Urdu.

Undone are capitals, look-alike letters, digits for letters, letters apart, marks that nobody sees, ways of
writing one Urdu letter, names with underscores or capitals, and text that is encoded, turned or shifted.
"""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

LONGEST = 4000
"""Characters that are looked at; a request is short."""
_CYRILLIC_AND_GREEK = (
    "аaеeоoрpсcуyхxіiкkмmтtвbнhԁdѕsјjѵvԛqԝwɡgӏlոnгrґrүy"  # noqa: RUF001 - look-alikes are meant
    "αaεeοoιiκkρpτtυuνvχxγyηnωwσoβb"  # noqa: RUF001 - so are these
)
_SMALL_CAPITALS = "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz"  # noqa: RUF001 - meant as well
_LOOK_ALIKE = {
    ord(one): other
    for pairs in (_CYRILLIC_AND_GREEK, _SMALL_CAPITALS, "يیىیكک", "؟?،,\u06d4.؛;")
    for one, other in zip(pairs[::2], pairs[1::2], strict=True)
} | {0x6C0: "\u06c1", 0x629: "\u06c1", 0x647: "\u06c1"}
"""Letters of other alphabets that look Latin; Arabic letters and signs for Urdu's."""
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_DISGUISED = re.compile(r"(?<![\w.])(?=[a-z@$]*[013457@$])(?=[0-9@$]*[a-z])[a-z013457@$]{4,}(?![\w.])")
_DISGUISED_SHORT = re.compile(r"(?<![\w.])[a-z]+[013457@$]+[a-z]+(?![\w.])")
_APART = re.compile(r"(?<!\w)(?:\w[ .*_|/-]){3,}\w(?!\w)")
_BETWEEN = re.compile(r"[ .*_|/-]")
_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")
_REPEATED = re.compile(r"(\w)\1{2,}")
_BLANK = re.compile(r"(?<!\w)_{2,}(?!\w)|\?{3,}")
_CODE = re.compile(
    r"""(?x)
    `[^`\n]*[=%+*/<>()\[\]-][^`\n]*`
    | (?<![\w<]) \w[\w.]* (?:\([^()\n]*\)|\[[^\[\]\n]*\])?
        (?: \s*(?:[=!<>+*/-]=|//|\*\*)\s*[\w(\["'] | \s+[+*/<>=]\s+[\w(\["'] | \s*%\s*[\d(] | \s+-\s*\d )
    | (?<!\w) [a-z_][\w.]* \((?!s\))[\w ,.+*/-]*\)
    """
)
_SIGNS = re.compile(r"[^\w\s]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2} ?){10,}")
_ROT13 = re.compile(r"\brot-?13\b|\b(?:gur|naq|lbhe|vtaber|fubj)\b", re.IGNORECASE)
_TURNED = re.compile(r"\b(?:eht|ruoy|erongi|laever|wohs)\b", re.IGNORECASE)
_TURN = re.compile(
    r"[<\[]{1,2}[/|]{0,2}(system|sys|assistant|user|human|operator|developer|admin|learner|instruction|inst|prompt)"
    r"[/|]{0,2}[>\]]{1,2}"
)
_MARKUP = re.compile(r"<!--|-->|</?[a-z][^>\n]{0,80}>|[*_`>#|=~]+")


def plain(text: str) -> str:
    """The text in one spelling: lower case, single spaces, what was encoded behind it.

    Before a piece of Python stands ``codebit`` and for a gap that is to be filled ``blankbit``.
    """
    text = text[:LONGEST]
    return " ".join([_one_spelling(text), *map(_one_spelling, _decoded(text))]).strip()


def _one_spelling(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Mn", "Co", "Cs"})
    text = _CODE.sub(_as_words, _BLANK.sub(" blankbit ", text))
    text = _CAMEL.sub(" ", text).casefold().translate(_LOOK_ALIKE)
    for disguised in (_DISGUISED, _DISGUISED_SHORT):
        text = disguised.sub(lambda found: found[0].translate(_DIGITS_AS_LETTERS), text)
    text = _APART.sub(lambda found: _BETWEEN.sub("", found[0]), text)
    text = _TURN.sub(r" \1 : ", text)
    text = _REPEATED.sub(r"\1", _MARKUP.sub(" ", text))
    return " ".join(text.split())


def _as_words(found: re.Match[str]) -> str:
    return f" codebit {_SIGNS.sub(' ', found[0])} "


def _decoded(text: str) -> Iterator[str]:
    """What in it is a text that was encoded; the whole, where words of it are shifted or turned round."""
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, bytes.fromhex)):
        for piece in pattern.findall(text):
            try:
                said = decode(piece).decode("utf-8")
            except (binascii.Error, ValueError):
                continue
            if " " in said and said.isprintable():
                yield said
    if "%20" in text or "&#" in text:
        yield unquote(html.unescape(text))
    if _ROT13.search(text):
        yield codecs.decode(text, "rot13")
    if _TURNED.search(text):
        yield text[::-1]


def _from_base64(piece: str) -> bytes:
    return base64.b64decode(piece + "=" * (-len(piece) % 4), validate=True)
