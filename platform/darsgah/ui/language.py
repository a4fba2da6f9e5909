"""The languages of the pages, their catalogues, and which one a request gets.

Text is English in the source and looked up in gettext catalogues that lie beside this module as ``.po``
files; they are compiled in memory when the application starts, so no compiled file can fall behind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from darsgah.errors import DarsgahError

LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"
DOMAIN = "darsgah"
COOKIE = "darsgah_language"
COOKIE_SECONDS = 365 * 24 * 3600
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Language:
    """One language of the interface.

    Attributes:
        code: its BCP 47 tag, as in ``<html lang>``.
        name: what its speakers call it.
        direction: ``ltr`` or ``rtl``.
        translations: its catalogue; English looks nothing up.
    """

    code: str
    name: str
    direction: str
    locale: Locale
    translations: NullTranslations = field(repr=False)


@dataclass(frozen=True)
class Message:
    """Text that is translated when it is shown, not where it is written.

    ``Message("At least {count} characters.", count=12)``: the text is the catalogue's key, the values fill
    its placeholders afterwards. Extraction finds the text at the call.
    """

    text: str
    values: Mapping[str, object]

    def __init__(self, text: str, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)


def translate(text: str | Message, language: Language) -> str:
    """The text in that language; a plain string is looked up whole, then by its lines, and else stays."""
    look_up = language.translations.gettext
    if isinstance(text, str):
        found = look_up(text) if text else ""
        return (
            found if found != text else "\n".join(look_up(line) if line else "" for line in text.split("\n"))
        )
    return language.translations.gettext(text.text).format_map(text.values)


def explain(error: DarsgahError, language: Language) -> str:
    """What an error says to people: its text translated, placeholders filled from its details.

    The text of every error class and of every place that raises one is in the catalogue (see
    ``darsgah.ui.extraction``), and a detail that the catalogue knows is translated too. A placeholder is a
    plain ``{name}`` that the details know; everything else stays as it is, since a message may quote what a
    person sent and must never be a format of theirs.
    """

    def filled(found: re.Match[str]) -> str:
        return translate(str(error.details.get(found[1], found[0])), language)

    return _PLACEHOLDER.sub(filled, language.translations.gettext(error.message))


class Languages:
    """Every language there is, English first."""

    def __init__(self, languages: Iterable[Language]) -> None:
        self._by_code = {language.code: language for language in languages}

    @classmethod
    def load(cls) -> "Languages":
        """Read and compile the catalogues; takes some milliseconds, done once at start."""
        return cls(
            [
                Language("en", "English", "ltr", Locale("en", "GB"), NullTranslations()),
                Language("ur", "اردو", "rtl", Locale("ur", "PK"), compiled_catalogue("ur")),
            ]
        )

    def __iter__(self) -> Iterator[Language]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Language:
        return self._by_code[code]

    def choose(self, *, account: str | None, cookie: str | None, accepted: str) -> Language:
        """The language of a request: the account's, else the cookie's, else the browser's best, else English.

        Args:
            accepted: the Accept-Language header, as sent; nonsense in it counts as nothing.
        """
        for code in (account, cookie, *preferred(accepted)):
            if code in self._by_code:
                return self._by_code[code]
        return next(iter(self._by_code.values()))


def preferred(accepted: str) -> list[str]:
    """The primary language tags of an Accept-Language header, most wanted first (RFC 9110, 12.5.4)."""
    ranked = []
    for place, part in enumerate(accepted[:1000].split(",")):
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if 0 < quality <= 1:
            ranked.append((-quality, place, tag.split("-")[0].strip().lower()))
    return [tag for _, _, tag in sorted(ranked)]


def catalogue_path(code: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE_FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled_catalogue(code: str) -> GNUTranslations:
    """The catalogue of a language, compiled in memory; fuzzy entries are left out, as gettext does."""
    with catalogue_path(code).open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
