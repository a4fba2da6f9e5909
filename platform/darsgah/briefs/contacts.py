"""Contact details in a text: addresses, telephone numbers, links to chats, also where somebody hides them.

Until a match people write to each other on the platform, so that a hub can help in a dispute and no learner's
address goes about. This finds what is written to be understood by people; it is no wall against whoever
wants around it: a coordinator reads the brief as well.
"""

import re
import unicodedata
from collections.abc import Iterator

_AT = r"(?:@|[(\[{<]\s*(?:at|ایٹ)\s*[)\]}>])"
_DOT = r"(?:\.|[(\[{<]\s*(?:dot|ڈاٹ)\s*[)\]}>])"
_NAME = r"[^\W_][\w.+-]{0,63}"
_LABEL = r"[^\W_][\w-]{0,62}"
_END = r"[^\W\d_]{2,24}"
_EMAIL = re.compile(
    rf"{_NAME}\s*{_AT}\s*{_LABEL}(?:\s*(?:{_DOT}|\bdot\b)\s*{_LABEL}){{0,4}}\s*(?:{_DOT}|\bdot\b)\s*{_END}"
)
_KNOWN_END = (
    "com|net|org|edu|gov|info|biz|io|ai|app|dev|tech|example|pk|uk|de|us|ca|ae|qa|om|kw|au|fr|eu|cn|tr|کام"
)
"""Between plain words alone a name of a domain has to be a known one: "at the dot product" is none."""
_SPELT_EMAIL = re.compile(
    rf"{_NAME}\s+(?:at|ایٹ)\s+{_LABEL}(?:\s+(?:dot|ڈاٹ)\s+{_LABEL}){{0,4}}\s+(?:dot|ڈاٹ)\s+(?:{_KNOWN_END})\b"
)
_CHAT = re.compile(
    r"(?:wa\.me|chat\.whatsapp\.com|api\.whatsapp\.com|t\.me|telegram\.me|discord\.(?:gg|com/invite)|"
    r"join\.slack\.com|signal\.(?:me|group)|m\.me|join\.skype\.com|teams\.live\.com|line\.me|viber\.click|"
    r"meet\.google\.com|zoom\.us/j|calendly\.com|facebook\.com|instagram\.com|linkedin\.com/in)"
    r"(?:/[^\s<>()\"']{0,200})?"
)
_ACCOUNT = re.compile(
    r"\b(?:whats\s?app|telegram|skype|discord|signal|viber|wechat|instagram|واٹس\s?ایپ|ٹیلیگرام)"
    r"\s*(?:id|number|no\.?|handle|نمبر)?\s*[:=@]\s*\S{3,60}"
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:"
    r"(?:\+|00)[1-9](?:[\s().-]{0,2}\d){7,13}"  # international, ITU-T E.164: at most fifteen digits
    r"|0?3\d{2}[\s.-]?\d{3}[\s.-]?\d{4}"  # a mobile of Pakistan
    r"|\(?0[1-9]\d{1,2}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,4}"  # a line of Pakistan
    r")(?![\w/]|[.,-]\d)"
)


_HANDLE = re.compile(
    r"\b(?:call|write|contact|message|dm|text|ping|reach|find|add|follow)\b[^.\n@]{0,60}(?<![\w/])@[a-z][a-z0-9_.]{2,40}"
)
"""A name of an account is told from a decorator by the word that goes before it."""
_NUMBER_WORD = "zero|oh|one|two|three|four|five|six|seven|eight|nine|صفر|ایک|دو|تین|چار|پانچ|چھ|سات|آٹھ|نو"
_SPELT_PHONE = re.compile(
    rf"(?<!\w)(?:(?:{_NUMBER_WORD}|\d+)[\s,.-]{{1,3}}){{3,}}(?:{_NUMBER_WORD}|\d+)(?!\w)"
)
_FEWEST_DIGITS = 7


def contacts(text: str) -> list[str]:
    """What of the text is a contact detail, as it stands there but for the forms of letters and digits."""
    plain = _plain(text)
    found: list[str] = []
    for start, end in sorted(_spans(plain)):
        said = " ".join(plain[start:end].split())
        if said not in found:
            found.append(said)
    return found


def _plain(text: str) -> str:
    """In small letters and digits of Latin script; what is not seen, and could hide an address, left out."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() else sign.lower()
        for sign in folded
        if unicodedata.category(sign) != "Cf"
    )


def _spells_number(said: str) -> bool:
    """Whether words and digits in a row are as many digits as a telephone number has, words among them."""
    parts = re.split(r"[\s,.-]+", said)
    digits = sum(len(part) if part.isdecimal() else 1 for part in parts)
    return digits >= _FEWEST_DIGITS and sum(not part.isdecimal() for part in parts) >= 3


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where details stand; a part of one that was found is not told again."""
    taken: list[tuple[int, int]] = []
    for pattern in (_EMAIL, _SPELT_EMAIL, _CHAT, _ACCOUNT, _PHONE, _SPELT_PHONE, _HANDLE):
        for match in pattern.finditer(plain):
            if pattern is _SPELT_PHONE and not _spells_number(match[0]):
                continue
            span = match.span()
            if not any(start < span[1] and span[0] < end for start, end in taken):
                taken.append(span)
                yield span
