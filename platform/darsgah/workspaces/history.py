"""Which versions of a draft are kept.

A window saves every few seconds while somebody types, so a save takes the place of the one before it within
the same stretch of typing, and never that of another window: what lost a merge is always among the versions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

STRETCH: Final = timedelta(minutes=5)
"""From the first save of a version to the last that it takes in."""
KEPT: Final = 30
"""Versions of one draft, the newest among them."""


def goes_on(client_before: str, begun_at: datetime, client: str, now: datetime) -> bool:
    """Whether a save belongs to the same stretch of typing as the version before it.

    A client that gives no name is nobody's same window, so its saves are versions each.
    """
    return client != "" and client == client_before and now - begun_at < STRETCH


def superfluous(versions: Sequence[tuple[int, datetime]], zone: ZoneInfo) -> list[int]:
    """The numbers of versions to let go, so that `KEPT` stay.

    The oldest go first; the last version of a day, as the hub counts days, goes only after all others.

    Args:
        versions: number and moment of each, newest first.
    """
    last_of_day = {saved_at.astimezone(zone).date(): number for number, saved_at in reversed(versions)}
    oldest_first = [number for number, _ in reversed(versions[1:])]
    kept_longer = set(last_of_day.values())
    order = [number for number in oldest_first if number not in kept_longer]
    order += [number for number in oldest_first if number in kept_longer]
    return order[: max(0, len(versions) - KEPT)]
