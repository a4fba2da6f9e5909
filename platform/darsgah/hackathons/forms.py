"""The organisers' form: flat fields, times of the place that holds it, tracks and criteria a line each."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from darsgah.errors import MalformedInput
from darsgah.hackathons.schemas import (
    MOST_CRITERIA,
    MOST_TRACKS,
    Criterion,
    HackathonChange,
    HackathonPlan,
    HackathonView,
    Line,
    MaybeLine,
    Text,
    TrackPlan,
    Version,
)
from darsgah.ui import formats
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message
from darsgah.ui.plain_text import LINE, NAME

Lines = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"\A[^\x00]*\Z")]
Local = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
MOMENTS = ("sign_up_until", "starts_at", "ends_at")
_NAME, _LINE = re.compile(NAME), re.compile(LINE)


class HackathonForm(msgspec.Struct, frozen=True):
    """What the form sends; ``hub_id`` is empty for the whole network, ``version`` missing for a new one."""

    name: Line
    about: Text
    rules: Text
    sign_up_until: Local
    starts_at: Local
    ends_at: Local
    tracks: Lines
    criteria: Lines
    team_least: Annotated[int, msgspec.Meta(ge=1, le=12)]
    team_most: Annotated[int, msgspec.Meta(ge=1, le=12)]
    judges_each: Annotated[int, msgspec.Meta(ge=1, le=9)]
    name_ur: MaybeLine = ""
    hub_id: str = ""
    version: Version | None = None


def read(values: Mapping[str, Any], zones: Mapping[str, str]) -> HackathonPlan:
    """The plan of a form, or the change of one that names a version.

    Args:
        zones: the hubs that the form offers, by id, with the zone that their times are written in.

    Raises:
        MalformedInput: names the fields at fault.
    """
    form = read_form(values, HackathonForm)
    if form.hub_id and form.hub_id not in zones:
        raise MalformedInput(fields={"hub_id": Message("This is not one of the choices.")})
    zone = ZoneInfo(zones.get(form.hub_id, formats.NETWORK_ZONE))
    parts: dict[str, Any] = {
        name: getattr(form, name) for name in form.__struct_fields__ if name != "version"
    }
    parts["hub_id"] = UUID(form.hub_id) if form.hub_id else None
    for name in MOMENTS:
        parts[name] = _moment(name, getattr(form, name), zone)
    parts["tracks"] = [_track(line) for line in _lines("tracks", form.tracks, MOST_TRACKS)]
    parts["criteria"] = [_criterion(line) for line in _lines("criteria", form.criteria, MOST_CRITERIA)]
    return HackathonPlan(**parts) if form.version is None else HackathonChange(**parts, version=form.version)


def written(view: HackathonView) -> dict[str, Any]:
    """The form's values for a hackathon that there is."""
    zone = ZoneInfo(view.hub.timezone if view.hub else formats.NETWORK_ZONE)
    names = ("name", "name_ur", "about", "rules", "team_least", "team_most", "judges_each", "version")
    return (
        {name: getattr(view, name) for name in names}
        | {name: getattr(view, name).astimezone(zone).strftime("%Y-%m-%dT%H:%M") for name in MOMENTS}
        | {
            "hub_id": str(view.hub.id) if view.hub else "",
            "tracks": "\n".join(_joined(track.name, track.name_ur) for track in view.tracks),
            "criteria": "\n".join(
                _joined(one.name, one.name_ur, str(one.weight) if one.weight > 1 else "")
                for one in view.criteria
            ),
        }
    )


def _joined(name: str, name_ur: str, weight: str = "") -> str:
    parts = [name, name_ur, weight]
    while not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def _moment(name: str, value: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError):
        raise MalformedInput(fields={name: Message("Give a day and a time.")}) from None


def _lines(name: str, value: str, most: int) -> list[list[str]]:
    """Each line's parts; at least one line, each with a name."""
    lines = [[part.strip() for part in line.split("|")] for line in value.splitlines() if line.strip()]
    if not lines or len(lines) > most:
        raise MalformedInput(fields={name: Message("Between one line and {count}.", count=most)})
    if any(not parts[0] or len(part) > 120 for parts in lines for part in parts):
        raise MalformedInput(
            fields={name: Message("Each line begins with a name of 120 characters at most.")}
        )
    if not all(_NAME.search(parts[0]) and all(map(_LINE.search, parts)) for parts in lines):
        text = Message("Write it on one line, with letters and without signs that are not seen.")
        raise MalformedInput(fields={name: text})
    if len({parts[0] for parts in lines}) < len(lines):
        raise MalformedInput(fields={name: Message("Each line has a name of its own.")})
    return lines


def _track(parts: list[str]) -> TrackPlan:
    return TrackPlan(parts[0], parts[1] if len(parts) > 1 else "")


def _criterion(parts: list[str]) -> Criterion:
    weight = parts[-1] if len(parts) > 1 and parts[-1].isdecimal() else ""
    named = parts[:-1] if weight else parts
    if weight and (len(weight) > 4 or not 1 <= int(weight) <= 10):
        raise MalformedInput(fields={"criteria": Message("A weight is a number from 1 to 10.")})
    return Criterion(parts[0], named[1] if len(named) > 1 else "", int(weight) if weight else 1)
