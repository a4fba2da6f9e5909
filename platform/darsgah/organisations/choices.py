"""What the pages offer to choose from: countries, time zones, hubs, and the words for what was looked at."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

from darsgah.db.columns import now
from darsgah.organisations.names import countries, zone_of, zones
from darsgah.organisations.schemas import LookedAt
from darsgah.ui.language import Language, Message

LOOKED_AT: Final[Mapping[LookedAt, Message]] = {
    LookedAt.WEBSITE: Message("Its website"),
    LookedAt.REGISTRY_ENTRY: Message("An entry in a company register"),
    LookedAt.EMAIL_DOMAIN: Message("The domain of an e-mail address"),
    LookedAt.CALL: Message("A call"),
    LookedAt.REFERRAL: Message("Somebody known vouches"),
    LookedAt.ID_SEEN: Message("A document of identity, seen"),
    LookedAt.OTHER: Message("Something else"),
}
Zones = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def country_choices(language: Language) -> tuple[tuple[str, str], ...]:
    """Codes and names, Pakistan first."""
    named = countries(language.code)
    return (*(pair for pair in named if pair[0] == "PK"), *(pair for pair in named if pair[0] != "PK"))


def zone_choices() -> Zones:
    """Zones by region, each with its name and how far from UTC it is today."""
    return _zone_choices(now().date().isoformat())


@lru_cache(maxsize=2)
def _zone_choices(day: str) -> Zones:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return tuple(
        (region, tuple((name, f"{name.replace('_', ' ')} ({_offset(name, noon)})") for name in names))
        for region, names in groupby(zones(), key=lambda name: name.partition("/")[0])
    )


def _offset(name: str, moment: datetime) -> str:
    """``UTC+05:00``."""
    text = moment.astimezone(zone_of(name)).strftime("%z")
    return f"UTC{text[:3]}:{text[3:]}"
