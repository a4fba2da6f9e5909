"""Names of organisations as they are compared, and the lists of countries and time zones to choose from."""

import re
import unicodedata
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from darsgah.errors import MalformedInput
from darsgah.ui.language import Message

_REGIONS = (
    "Asia/", "Africa/", "America/", "Antarctica/", "Arctic/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Mn"}
"""Categories of signs that are not seen by themselves."""
_ALIKE = str.maketrans("\u064a\u0649\u0643\u0647\u0629", "\u06cc\u06cc\u06a9\u06c1\u06c1")
"""Yeh, kaf and heh as Arabic keyboards write them, to those of Urdu."""
HOST = re.compile(r"https?://[^\s/@:?#]+\.[^\s/@:?#]+(:\d{1,5})?([/?#][^\s]*)?", re.IGNORECASE)


def name_key(name: str) -> str:
    """A name as it is compared: without case, marks, signs that are not seen, and what stands between words.

    Letters of different scripts that look alike stay different: of them ``organisations.lookalikes`` warns.
    """
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_ALIKE)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in INVISIBLE)
    return "".join(re.findall(r"\w+", seen))


@cache
def zones() -> tuple[str, ...]:
    """The IANA names of places' time zones, in order, and UTC."""
    return (*sorted(name for name in available_timezones() if name.startswith(_REGIONS)), "UTC")


def checked_zone(name: str) -> str:
    """The same, when it is one of ``zones()``.

    Raises:
        MalformedInput: it is not.
    """
    if name not in zones():
        raise MalformedInput(fields={"timezone": Message("This is not one of the choices.")})
    return name


def zone_of(name: str) -> ZoneInfo:
    """The zone with a name that was checked when it was kept; UTC where the machine no longer knows it."""
    return ZoneInfo(name if name in zones() else "UTC")


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each country, in the order of the language."""
    territories = Locale(language).territories
    english = Locale("en").territories
    named = [(code, territories.get(code, name)) for code, name in english.items() if _is_country(code)]
    return tuple(sorted(named, key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))


def country_name(code: str, language: str) -> str:
    """A country's name; the code where there is no such country."""
    return dict(countries(language)).get(code, code)


def checked_country(code: str, field: str = "country") -> str:
    """The same code, when there is such a country.

    Raises:
        MalformedInput: there is none; the message stands at ``field``.
    """
    if code not in dict(countries("en")):
        raise MalformedInput(fields={field: Message("This is not one of the choices.")})
    return code


def checked_website(address: str, field: str = "website") -> str:
    """A web address with its scheme, or nothing.

    Raises:
        MalformedInput: it is no address of a website.
    """
    wanted = address.strip()
    if wanted and "://" not in wanted:
        wanted = f"https://{wanted}"
    if wanted and not HOST.fullmatch(wanted):
        raise MalformedInput(fields={field: Message("This is no address of a website.")})
    return wanted


def _is_country(code: str) -> bool:
    """Two letters, and not one of the groups, outlying parts and private codes of CLDR."""
    return (
        len(code) == 2
        and code.isalpha()
        and code not in {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "CP", "CQ"}
    )
