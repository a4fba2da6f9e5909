"""iCalendar objects (RFC 5545): feeds that programs subscribe to, and invitations to one meeting (RFC 5546).

All times are written in UTC, which every program shows in its user's zone. Lines are folded and ended as the
RFC wants it by ``icalendar``. A feed has no METHOD, so that it may leave out organiser and attendees.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vText

from darsgah.db.columns import now

MEDIA_TYPE: Final = "text/calendar"
_PRODUCT: Final = "-//Darsgah//Darsgah//EN"
_REFRESH: Final = timedelta(hours=4)
_PUBLISHED_TTL: Final = "PT4H"
"""The same as Outlook reads it: a property of its own, so the library writes it as it stands."""
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Method(StrEnum):
    """What an invitation asks for."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a calendar.

    Attributes:
        uid: stays the same for ever; ``sequence`` counts its changes of time and its cancelling.
        ends_at: None for a deadline, which is a moment.
        changed_at: when it was last changed.
    """

    uid: str
    title: str
    starts_at: datetime
    changed_at: datetime
    ends_at: datetime | None = None
    place: str = ""
    description: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False


def feed(name: str, entries: Sequence[Entry]) -> bytes:
    """A calendar to subscribe to."""
    calendar = _calendar()
    calendar.add("x-wr-calname", _line(name))
    calendar.add("name", _line(name))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _PUBLISHED_TTL)
    for entry in entries:
        event = _event(entry, stamp=entry.changed_at)
        if entry.cancelled:
            event.add("status", "CANCELLED")
        event.add("transp", "OPAQUE" if entry.ends_at else "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def invitation(
    entry: Entry, *, method: Method, organiser: tuple[str, str], attendee: tuple[str, str]
) -> bytes:
    """One person's invitation to a meeting, or that it is cancelled.

    Args:
        organiser: name and e-mail address; answers are not read, so none is asked for.
        attendee: the same of whoever is invited: nobody is shown another's address.
    """
    calendar = _calendar()
    calendar.add("method", method.value)
    event = _event(entry, stamp=now())
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event["organizer"] = _person(*organiser)
    invited = _person(*attendee)
    invited.params["CUTYPE"] = vText("INDIVIDUAL")
    invited.params["ROLE"] = vText("REQ-PARTICIPANT")
    invited.params["PARTSTAT"] = vText("NEEDS-ACTION")
    invited.params["RSVP"] = vText("FALSE")
    event.add("attendee", invited, encode=False)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry, *, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", _utc(stamp))
    event.add("dtstart", _utc(entry.starts_at))
    if entry.ends_at is not None:
        event.add("dtend", _utc(entry.ends_at))
    event.add("summary", _line(entry.title))
    event.add("sequence", entry.sequence)
    event.add("last-modified", _utc(entry.changed_at))
    for name, value in (("location", entry.place), ("description", entry.description), ("url", entry.url)):
        if value:
            event.add(name, _CONTROLS.sub(" ", value))
    return event


def _person(name: str, address: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["CN"] = vText(_line(name).replace('"', "'"))
    return found


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
