"""What the tutor says by itself, in English and in Urdu, and how code stands inside a sentence.

Code, names and values are shown as code spans. In Urdu each is set in a left-to-right isolate, so that
``-3`` and ``fare(12)`` read as they are written, whatever surrounds them (Unicode TR 9, section 2.4).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "ur")
LONGEST = 200
"""Characters of one piece of code in a sentence; what is longer is cut."""
_PLACE = re.compile(r"\{([a-z_]+)\}")
_ISOLATE, _END = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code or a value that a sentence quotes."""

    text: str

    def within(self, language: str) -> str:
        """As a Markdown code span, on one line, with nothing in it that could steer its surroundings."""
        text = _visible(self.text.strip())
        if len(text) > LONGEST:
            text = f"{text[: LONGEST - 1]}…"
        fence = "`" * (1 + _longest_run(text, "`"))
        padding = " " if text.startswith("`") or text.endswith("`") or not text else ""
        return isolated(f"{fence}{padding}{text}{padding}{fence}", language)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of somebody else that a sentence quotes, such as the message of a visible test."""

    text: str

    def within(self, language: str) -> str:
        """In quotation marks, without Markdown of their own."""
        text = _visible(" ".join(self.text.split()))
        text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        escaped = "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+!|~&" else sign for sign in text)
        return isolated(f"“{escaped}”", language)


Filling = str | int | Code | Quoted


def say(key: str, /, **fillings: Filling) -> dict[str, str]:
    """The phrase in every language, filled."""
    return {language: fill(text, fillings, language) for language, text in _phrases()[key].items()}


def fill(text: str, fillings: Mapping[str, Filling], language: str) -> str:
    """Put what is known into the ``{places}`` of a text; a place of which nothing is known stays as it is."""

    def put(place: re.Match[str]) -> str:
        value = fillings.get(place[1])
        if value is None:
            return place[0]
        return value.within(language) if isinstance(value, Code | Quoted) else str(value)

    return _PLACE.sub(put, text)


def isolated(text: str, language: str) -> str:
    """Keep a piece left to right inside Urdu."""
    return f"{_ISOLATE}{text}{_END}" if language == "ur" else text


def joined(*parts: Mapping[str, str], by: str = " ") -> dict[str, str]:
    """Sentences one after the other, language by language."""
    return {language: by.join(part[language] for part in parts) for language in LANGUAGES}


@cache
def _phrases() -> dict[str, dict[str, str]]:
    text = files("darsgah_tutor").joinpath("phrases.toml").read_text(encoding="utf-8")
    return {
        key: {language: entry[language] for language in LANGUAGES}
        for key, entry in tomllib.loads(text).items()
    }


def _visible(text: str) -> str:
    """Write line ends and unseen characters, those that turn the direction among them, as escapes."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign)[0] == "C" else sign
        for sign in text
    )


def _longest_run(text: str, sign: str) -> int:
    longest = here = 0
    for character in text:
        here = here + 1 if character == sign else 0
        longest = max(longest, here)
    return longest
